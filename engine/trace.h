/* SPDX-License-Identifier: Apache-2.0 */
/* `--trace FILE`: every call with its time and duration, as a Chrome trace. One branch a call when it is off. */
#ifndef RUNT_TRACE_H
#define RUNT_TRACE_H

#include <stdint.h>

#include "dispatch.h"

/* The file, or -1 when nothing is traced. */
extern int trace_fd;

struct trace_span {
	int64_t begin; /* ns of CLOCK_MONOTONIC */
};

/* Traces to `fd` from here on, also in clones; the file is shared by all of them. */
void trace_start(int fd);
void trace_stop(void);
/* What this process is, for whoever looks at the trace. */
void trace_name_process(const char *name);

void trace_begin_slow(struct trace_span *span, const struct ffi_function *function);
void trace_end_slow(const struct trace_span *span, const struct ffi_function *function, const union ffi_value *values, int error);

static inline void trace_begin(struct trace_span *span, const struct ffi_function *function)
{
	if (__builtin_expect(trace_fd >= 0, 0))
		trace_begin_slow(span, function);
}

static inline void trace_end(const struct trace_span *span, const struct ffi_function *function, const union ffi_value *values,
			     int error)
{
	if (__builtin_expect(trace_fd >= 0, 0))
		trace_end_slow(span, function, values, error);
}

#endif
