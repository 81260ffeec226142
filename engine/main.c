/* SPDX-License-Identifier: Apache-2.0 */
/* Start-up: protect the binary, call the `start` of the heap image, and turn its result into the exit code. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "heap.h"
#include "host.h"
#include "image.h"
#include "protect.h"

#ifdef RUNT_SANITIZE
/* Nothing is freed at the end, so nothing of that is a leak. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
#endif

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

static int run(JSContext *ctx)
{
	JSValue result = JS_Call(ctx, heap->start, JS_UNDEFINED, 0, NULL);
	int code;

	if (JS_IsException(result) || JS_ToInt32(ctx, &code, result) < 0)
		return report_exception(ctx);
	return code;
}

#ifdef RUNT_TRAINING
void __gcov_dump(void); /* of the compiler: writes what was counted */

/* The compiler's library is made for glibc, where strtol() may have this name. */
long __isoc23_strtol(const char *text, char **end, int base);
long __isoc23_strtol(const char *text, char **end, int base)
{
	return strtol(text, end, base);
}
#endif

int main(int argc, char **argv)
{
	int code;

#ifdef RUNT_SANITIZE
	protect_binary(argc, argv);
	image_evaluate(RUNT_SANITIZE);
#else
	if (heap->image_size == 0)
		return image_make(argc, argv);
	protect_binary(argc, argv);
#endif
	JS_UpdateStackTop(heap->runtime);
	host_set_arguments(argc, argv);
	code = run(heap->context);
#ifdef RUNT_TRAINING
	__gcov_dump();
#endif
	/* Nothing is freed: the kernel does that faster. */
	_exit(code);
}
