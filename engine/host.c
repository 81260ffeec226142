/* SPDX-License-Identifier: Apache-2.0 */
#include "host.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dispatch.h"
#include "faults.h"
#include "heap.h"
#include "trace.h"
#include "waiter.h"

static int argument_count;
static char **arguments;

void host_set_arguments(int argc, char **argv)
{
	argument_count = argc;
	arguments = argv;
}

static JSValue string_array(JSContext *ctx, char **strings, int count)
{
	JSValue array = JS_NewArray(ctx);
	int i;

	for (i = 0; i < count; i++)
		JS_SetPropertyUint32(ctx, array, (uint32_t)i, JS_NewString(ctx, strings[i]));
	return array;
}

static JSValue host_command_line(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
	(void)this_value, (void)argc, (void)argv;
	return argument_count < 1 ? JS_NewArray(ctx) : string_array(ctx, arguments + 1, argument_count - 1);
}

static JSValue host_program_name(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
	(void)this_value, (void)argc, (void)argv;
	return JS_NewString(ctx, argument_count < 1 ? "" : arguments[0]);
}

static JSValue host_environ(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
	int count = 0;

	(void)this_value, (void)argc, (void)argv;
	while (environ != NULL && environ[count] != NULL)
		count++;
	return string_array(ctx, environ, count);
}

static JSValue host_environment_value(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
	const char *name = JS_ToCString(ctx, argv[0]), *value;

	(void)this_value, (void)argc;
	if (name == NULL)
		return JS_EXCEPTION;
	value = getenv(name);
	JS_FreeCString(ctx, name);
	return value == NULL ? JS_UNDEFINED : JS_NewString(ctx, value);
}

static JSValue host_encode_utf8(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
	size_t length;
	const char *text = JS_ToCStringLen(ctx, &length, argv[0]);
	JSValue arguments[3] = { JS_UNDEFINED, JS_UNDEFINED, JS_UNDEFINED }, array;

	(void)this_value, (void)argc;
	if (text == NULL)
		return JS_EXCEPTION;
	/* The constructor looks at three arguments, however many it is told of. */
	arguments[0] = JS_NewArrayBufferCopy(ctx, (const uint8_t *)text, length);
	JS_FreeCString(ctx, text);
	if (JS_IsException(arguments[0]))
		return JS_EXCEPTION;
	array = JS_NewTypedArray(ctx, 1, (JSValueConst *)arguments, JS_TYPED_ARRAY_UINT8);
	JS_FreeValue(ctx, arguments[0]);
	return array;
}

static JSValue host_decode_utf8(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
	size_t offset, length, size;
	JSValue buffer = JS_GetTypedArrayBuffer(ctx, argv[0], &offset, &length, NULL), text;
	uint8_t *bytes;

	(void)this_value, (void)argc;
	if (JS_IsException(buffer))
		return buffer;
	bytes = JS_GetArrayBuffer(ctx, &size, buffer);
	text = JS_NewStringLen(ctx, bytes == NULL ? "" : (const char *)bytes + offset, length);
	JS_FreeValue(ctx, buffer);
	return text;
}

static JSValue host_set_error_factory(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
	(void)this_value, (void)argc;
	ffi_set_error_factory(ctx, argv[0]);
	return JS_UNDEFINED;
}

static JSValue host_start_trace(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
	int fd;

	(void)this_value, (void)argc;
	if (JS_ToInt32(ctx, &fd, argv[0]) < 0)
		return JS_EXCEPTION;
	trace_start(fd);
	return JS_UNDEFINED;
}

static JSValue host_stop_trace(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
	(void)ctx, (void)this_value, (void)argc, (void)argv;
	trace_stop();
	return JS_UNDEFINED;
}

static JSValue host_trace_descriptor(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
	(void)this_value, (void)argc, (void)argv;
	return JS_NewInt32(ctx, trace_fd);
}

static JSValue host_part_heap(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
	(void)ctx, (void)this_value, (void)argc, (void)argv;
#ifndef RUNT_SANITIZE
	heap_part();
#endif
	return JS_UNDEFINED;
}

static JSValue host_set_role(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
	const char *role = JS_ToCString(ctx, argv[0]);

	(void)this_value, (void)argc;
	if (role == NULL)
		return JS_EXCEPTION;
	faults_set_role(role);
	trace_name_process(role);
	JS_FreeCString(ctx, role);
	return JS_UNDEFINED;
}

static JSValue host_crash(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
	(void)ctx, (void)this_value, (void)argc, (void)argv;
	__builtin_trap();
}

/* Pages that clones share with this process, zeroed. They live as long as the process. */
static JSValue host_shared_bytes(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
	JSValue arguments[3] = { JS_UNDEFINED, JS_UNDEFINED, JS_UNDEFINED }, array;
	uint32_t size;
	void *pages;

	(void)this_value, (void)argc;
	if (JS_ToUint32(ctx, &size, argv[0]) < 0)
		return JS_EXCEPTION;
	pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
		return JS_ThrowOutOfMemory(ctx);
	arguments[0] = JS_NewArrayBuffer(ctx, pages, size, NULL, NULL, 0);
	if (JS_IsException(arguments[0]))
		return JS_EXCEPTION;
	array = JS_NewTypedArray(ctx, 1, (JSValueConst *)arguments, JS_TYPED_ARRAY_UINT8);
	JS_FreeValue(ctx, arguments[0]);
	return array;
}

static const JSCFunctionListEntry functions[] = {
	JS_CFUNC_DEF("sharedBytes", 1, host_shared_bytes),
	JS_CFUNC_DEF("crash", 0, host_crash),
	JS_CFUNC_DEF("commandLine", 0, host_command_line),
	JS_CFUNC_DEF("programName", 0, host_program_name),
	JS_CFUNC_DEF("environ", 0, host_environ),
	JS_CFUNC_DEF("encodeUtf8", 1, host_encode_utf8),
	JS_CFUNC_DEF("decodeUtf8", 1, host_decode_utf8),
	JS_CFUNC_DEF("setErrorFactory", 1, host_set_error_factory),
	JS_CFUNC_DEF("startTrace", 1, host_start_trace),
	JS_CFUNC_DEF("stopTrace", 0, host_stop_trace),
	JS_CFUNC_DEF("traceDescriptor", 0, host_trace_descriptor),
	JS_CFUNC_DEF("environmentValue", 1, host_environment_value),
	JS_CFUNC_DEF("setRole", 1, host_set_role),
	JS_CFUNC_DEF("partHeap", 0, host_part_heap),
	JS_CFUNC_DEF("waitThenExec", 1, waiter_wait_then_exec),
};

#define FUNCTION_COUNT ((int)(sizeof(functions) / sizeof(functions[0])))

static int set_exports(JSContext *ctx, JSModuleDef *module)
{
	return JS_SetModuleExportList(ctx, module, functions, FUNCTION_COUNT);
}

JSModuleDef *host_init_module(JSContext *ctx, const char *name)
{
	JSModuleDef *module = JS_NewCModule(ctx, name, set_exports);

	if (module != NULL)
		JS_AddModuleExportList(ctx, module, functions, FUNCTION_COUNT);
	return module;
}
