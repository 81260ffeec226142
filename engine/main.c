/* SPDX-License-Identifier: Apache-2.0 */
/* Start-up: protect the binary, bring up the engine, call `start`, and turn its result into the exit code. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dispatch.h"
#include "host.h"
#include "program.h"
#include "protect.h"

static JSModuleDef *load_module(JSContext *ctx, const char *name, void *opaque)
{
	(void)opaque;
	if (strcmp(name, "runt:ffi") == 0)
		return ffi_init_module(ctx, name);
	if (strcmp(name, "runt:host") == 0)
		return host_init_module(ctx, name);
	JS_ThrowReferenceError(ctx, "no module %s in this program", name);
	return NULL;
}

/* An exception that the program did not catch is a defect of it; say what can be said. */
static int report_exception(JSContext *ctx)
{
	JSValue error = JS_GetException(ctx);
	JSValue stack = JS_GetPropertyStr(ctx, error, "stack");
	const char *message = JS_ToCString(ctx, error);
	const char *trace = JS_ToCString(ctx, stack);

	fprintf(stderr, "runt: internal error: %s\n%s", message == NULL ? "unknown" : message, trace == NULL ? "" : trace);
	return 1;
}

/* Evaluates the module and returns its namespace. */
static JSValue load_program(JSContext *ctx)
{
	JSValue module = JS_ReadObject(ctx, runt_program, runt_program_size, JS_READ_OBJ_BYTECODE);
	JSValue result, space;
	JSModuleDef *definition;

	if (JS_IsException(module) || JS_ResolveModule(ctx, module) < 0)
		return JS_EXCEPTION;
	definition = JS_VALUE_GET_PTR(module);
	result = JS_EvalFunction(ctx, module);
	if (JS_IsException(result))
		return result;
	if (JS_PromiseState(ctx, result) == JS_PROMISE_REJECTED)
		return JS_Throw(ctx, JS_PromiseResult(ctx, result));
	JS_FreeValue(ctx, result);
	space = JS_GetModuleNamespace(ctx, definition);
	return space;
}

static int run(JSContext *ctx)
{
	JSValue program = load_program(ctx), start, result;
	int code;

	if (JS_IsException(program))
		return report_exception(ctx);
	start = JS_GetPropertyStr(ctx, program, "start");
	result = JS_Call(ctx, start, JS_UNDEFINED, 0, NULL);
	if (JS_IsException(result) || JS_ToInt32(ctx, &code, result) < 0)
		return report_exception(ctx);
	return code;
}

int main(int argc, char **argv)
{
	JSRuntime *runtime;
	JSContext *ctx;

	protect_binary(argc, argv);
	runtime = JS_NewRuntime();
	ctx = runtime == NULL ? NULL : JS_NewContext(runtime);
	if (ctx == NULL) {
		fprintf(stderr, "runt: no memory for the engine\n");
		return 1;
	}
	JS_SetModuleLoaderFunc(runtime, NULL, load_module, NULL);
	host_set_arguments(argc, argv);
	/* Nothing is freed: the kernel does that faster. */
	_exit(run(ctx));
}
