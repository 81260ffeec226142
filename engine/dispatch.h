/* SPDX-License-Identifier: Apache-2.0 */
/* The one door between the program and the kernel: every generated function goes through ffi_dispatch(). */
#ifndef RUNT_DISPATCH_H
#define RUNT_DISPATCH_H

#include <stdint.h>

#include "quickjs.h"

/* One argument, as its thunk takes it. */
union ffi_value {
	int64_t number;
	const char *text;
	void *memory;
	char **strings;
};

/* How the result of a thunk is read. */
enum ffi_result {
	FFI_STATUS,         /* -1 fails, errno says why; no value */
	FFI_NUMBER,         /* likewise, with the number */
	FFI_HANDLE,         /* NULL fails */
	FFI_NEGATIVE_ERRNO, /* an int; below zero it is -errno */
	FFI_ERRNO,          /* zero, or the errno */
	FFI_RAW,            /* cannot fail */
	FFI_OUTCOME,        /* -1 fails; the value is the number or -errno */
};

struct ffi_function {
	const char *name;
	/* A letter a parameter: n number, p path, t text, b buffer, s strings, h handle; in capitals, null is NULL. */
	const char *parameters;
	enum ffi_result result;
	/* EINTR is a failure like any other. */
	int interruptible;
	long (*thunk)(const union ffi_value *arguments);
};

/* Generated. */
extern const struct ffi_function ffi_functions[];
extern const int ffi_function_count;

#define FFI_MAX_PARAMETERS 8

/* Adds the module "runt:ffi". */
JSModuleDef *ffi_init_module(JSContext *ctx, const char *name);

/* Registers what makes an error of a failed call: factory(name, errno, shown arguments). */
void ffi_set_error_factory(JSContext *ctx, JSValueConst factory);

#endif
