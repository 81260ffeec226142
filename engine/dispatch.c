/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dispatcher. It reads the arguments by the letters of the table, calls the thunk, calls again on EINTR, and turns a failure
 * into an exception that names the call and the paths it was given.
 */
#include "dispatch.h"

#include <errno.h>
#include <string.h>

#include "faults.h"
#include "trace.h"

static JSValue error_factory;

struct call {
	JSContext *ctx;
	const struct ffi_function *function;
	JSValueConst *argv;
	union ffi_value values[FFI_MAX_PARAMETERS];
	/* Bit i: values[i].text must be given back. */
	unsigned int texts;
};

void ffi_set_error_factory(JSContext *ctx, JSValueConst factory)
{
	JS_FreeValue(ctx, error_factory);
	error_factory = JS_DupValue(ctx, factory);
}

static int read_number(struct call *call, int i)
{
	JSValueConst value = call->argv[i];

	if (JS_VALUE_GET_TAG(value) == JS_TAG_INT) {
		call->values[i].number = JS_VALUE_GET_INT(value);
		return 0;
	}
	if (!JS_IsNumber(value) && !JS_IsBigInt(call->ctx, value)) {
		JS_ThrowTypeError(call->ctx, "%s: argument %d is not a number", call->function->name, i + 1);
		return -1;
	}
	return JS_ToInt64Ext(call->ctx, &call->values[i].number, value);
}

static int read_text(struct call *call, int i)
{
	size_t length;
	const char *text;

	if (!JS_IsString(call->argv[i])) {
		JS_ThrowTypeError(call->ctx, "%s: argument %d is not a string", call->function->name, i + 1);
		return -1;
	}
	text = JS_ToCStringLen(call->ctx, &length, call->argv[i]);
	if (text == NULL)
		return -1;
	call->values[i].text = text;
	call->texts |= 1u << i;
	if (strlen(text) != length) {
		JS_ThrowTypeError(call->ctx, "%s: argument %d has a NUL byte inside", call->function->name, i + 1);
		return -1;
	}
	return 0;
}

static int read_buffer(struct call *call, int i)
{
	JSContext *ctx = call->ctx;
	size_t offset = 0, length = 0, size = 0;
	JSValue buffer;
	uint8_t *bytes;

	buffer = JS_GetTypedArrayBuffer(ctx, call->argv[i], &offset, &length, NULL);
	if (JS_IsException(buffer))
		return -1; /* not a typed array */
	bytes = JS_GetArrayBuffer(ctx, &size, buffer);
	JS_FreeValue(ctx, buffer); /* the typed array holds it */
	if (bytes == NULL && length != 0)
		return -1;
	call->values[i].memory = bytes == NULL ? NULL : bytes + offset;
	return 0;
}

/* A NULL-terminated array with copies of the strings. */
static int read_strings(struct call *call, int i)
{
	JSContext *ctx = call->ctx;
	JSValue length_value = JS_GetPropertyStr(ctx, call->argv[i], "length");
	uint32_t count, at;
	char **strings;

	if (JS_ToUint32(ctx, &count, length_value) < 0)
		return -1;
	strings = js_mallocz(ctx, ((size_t)count + 1) * sizeof(*strings));
	if (strings == NULL)
		return -1;
	call->values[i].strings = strings;
	for (at = 0; at < count; at++) {
		JSValue item = JS_GetPropertyUint32(ctx, call->argv[i], at);
		size_t length;
		const char *text = JS_ToCStringLen(ctx, &length, item);

		JS_FreeValue(ctx, item);
		if (text == NULL)
			return -1;
		strings[at] = js_strdup(ctx, text);
		if (strings[at] != NULL && strlen(text) != length)
			JS_ThrowTypeError(ctx, "%s: string %d has a NUL byte inside", call->function->name, (int)at);
		JS_FreeCString(ctx, text);
		if (strings[at] == NULL || strlen(strings[at]) != length)
			return -1;
	}
	return 0;
}

static int read_argument(struct call *call, int i)
{
	char kind = call->function->parameters[i];

	if (kind >= 'A' && kind <= 'Z') {
		if (JS_IsNull(call->argv[i])) {
			call->values[i].number = 0;
			return 0;
		}
		kind += 'a' - 'A';
	}
	switch (kind) {
	case 'n':
	case 'h':
		return read_number(call, i);
	case 'b':
		return read_buffer(call, i);
	case 's':
		return read_strings(call, i);
	default:
		return read_text(call, i);
	}
}

static void release_arguments(struct call *call, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		if (call->texts & (1u << i))
			JS_FreeCString(call->ctx, call->values[i].text);
		if (call->function->parameters[i] == 's' && call->values[i].strings != NULL) {
			char **at;

			for (at = call->values[i].strings; *at != NULL; at++)
				js_free(call->ctx, *at);
			js_free(call->ctx, call->values[i].strings);
		}
	}
}

/* The errno of a failed call, 0 for one that did well. */
static int failure_of(const struct ffi_function *function, long result, int error)
{
	switch (function->result) {
	case FFI_HANDLE:
		return result == 0 ? (error != 0 ? error : ENOMEM) : 0;
	case FFI_NEGATIVE_ERRNO:
		return (int)result < 0 ? -(int)result : 0;
	case FFI_ERRNO:
		return (int)result;
	case FFI_RAW:
		return 0;
	default:
		return result == -1 ? error : 0;
	}
}

static JSValue throw_failure(struct call *call, int error)
{
	JSContext *ctx = call->ctx;
	JSValue arguments[3], shown, made;
	uint32_t count = 0;
	int i;

	shown = JS_NewArray(ctx);
	for (i = 0; call->function->parameters[i] != '\0'; i++) {
		char kind = call->function->parameters[i];

		if ((kind == 'p' || kind == 'P') && !JS_IsNull(call->argv[i]))
			JS_SetPropertyUint32(ctx, shown, count++, JS_DupValue(ctx, call->argv[i]));
	}
	arguments[0] = JS_NewString(ctx, call->function->name);
	arguments[1] = JS_NewInt32(ctx, error);
	arguments[2] = shown;
	made = JS_Call(ctx, error_factory, JS_UNDEFINED, 3, (JSValueConst *)arguments);
	for (i = 0; i < 3; i++)
		JS_FreeValue(ctx, arguments[i]);
	return JS_IsException(made) ? made : JS_Throw(ctx, made);
}

static long call_thunk(struct call *call, int *error)
{
	const struct ffi_function *function = call->function;
	struct trace_span span;
	long result;

	trace_begin(&span, function);
	if (faults_before(function->name, error)) {
		result = function->result == FFI_NEGATIVE_ERRNO ? -*error : function->result == FFI_HANDLE ? 0 : -1;
		if (function->result == FFI_ERRNO)
			result = *error;
	} else {
		do {
			errno = 0;
			result = function->thunk(call->values);
			*error = errno;
		} while (result == -1 && *error == EINTR && !function->interruptible);
	}
	trace_end(&span, function, call->values, failure_of(function, result, *error));
	return result;
}

static JSValue ffi_dispatch(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv, int index)
{
	const struct ffi_function *function = &ffi_functions[index];
	struct call call = { .ctx = ctx, .function = function, .argv = argv };
	int count = (int)strlen(function->parameters), i, error = 0;
	JSValue value;
	long result;

	(void)this_value;
	if (argc < count)
		return JS_ThrowTypeError(ctx, "%s: %d arguments where %d are due", function->name, argc, count);
	for (i = 0; i < count; i++) {
		if (read_argument(&call, i) < 0) {
			release_arguments(&call, i + 1);
			return JS_EXCEPTION;
		}
	}
	result = call_thunk(&call, &error);
	error = failure_of(function, result, error);
	if (function->result == FFI_OUTCOME)
		value = JS_NewInt32(ctx, error != 0 ? -error : (int)result);
	else if (error != 0)
		value = throw_failure(&call, error);
	else if (function->result == FFI_STATUS || function->result == FFI_ERRNO)
		value = JS_UNDEFINED;
	else if (function->result == FFI_RAW || function->result == FFI_NEGATIVE_ERRNO)
		value = JS_NewInt32(ctx, (int)result);
	else
		value = JS_NewInt64(ctx, result);
	release_arguments(&call, count);
	return value;
}

static int set_exports(JSContext *ctx, JSModuleDef *module)
{
	int i;

	for (i = 0; i < ffi_function_count; i++) {
		const struct ffi_function *function = &ffi_functions[i];
		JSValue value = JS_NewCFunctionMagic(ctx, ffi_dispatch, function->name, (int)strlen(function->parameters),
						     JS_CFUNC_generic_magic, i);

		if (JS_SetModuleExport(ctx, module, function->name, value) < 0)
			return -1;
	}
	return 0;
}

JSModuleDef *ffi_init_module(JSContext *ctx, const char *name)
{
	JSModuleDef *module = JS_NewCModule(ctx, name, set_exports);
	int i;

	for (i = 0; module != NULL && i < ffi_function_count; i++)
		JS_AddModuleExport(ctx, module, ffi_functions[i].name);
	return module;
}
