/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trace is the JSON array format of Chrome's trace viewer, which allows the closing bracket to be missing: so every process
 * appends its events to one file, a write each, and nobody has to be the last.
 */
#include "trace.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int trace_fd = -1;

#define EVENT_SIZE 2048

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* A trace that cannot be written must not change what the program does. */
static void append(const char *event, size_t size)
{
	if (write(trace_fd, event, size) < 0)
		trace_fd = -1;
}

/* Not libc's, which may remember the parent's. */
static int own_pid(void)
{
	return (int)syscall(SYS_getpid);
}

void trace_start(int fd)
{
	trace_fd = fd;
	append("[\n", 2);
	trace_name_process("runt");
}

void trace_name_process(const char *name)
{
	char event[160];
	int pid, size;

	if (trace_fd < 0)
		return;
	pid = own_pid();
	size = snprintf(event, sizeof(event), "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":%d,\"tid\":%d,\"args\":{\"name\":\"%.32s\"}},\n",
			pid, pid, name);
	append(event, (size_t)size);
}

void trace_stop(void)
{
	if (trace_fd >= 0)
		close(trace_fd);
	trace_fd = -1;
}

static int does_not_return(const char *name)
{
	return strncmp(name, "execve", 6) == 0 || strcmp(name, "exit_group") == 0;
}

/* An event without a duration. */
static void put_instant(const char *name, int64_t time)
{
	char event[160];
	int pid = own_pid();
	int size = snprintf(event, sizeof(event), "{\"name\":\"%s\",\"ph\":\"i\",\"s\":\"p\",\"ts\":%lld.%03d,\"pid\":%d,\"tid\":%d},\n", name,
			    (long long)(time / 1000), (int)(time % 1000), pid, pid);

	append(event, (size_t)size);
}

void trace_begin_slow(struct trace_span *span, const struct ffi_function *function)
{
	span->begin = now();
	if (does_not_return(function->name))
		put_instant(function->name, span->begin);
}

/* Appends `text` as the inside of a JSON string, cut when the event is full. */
static size_t put_text(char *event, size_t at, const char *text)
{
	for (; *text != '\0' && at + 8 < EVENT_SIZE - 128; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\') {
			event[at++] = '\\';
			event[at++] = (char)c;
		} else if (c < 0x20) {
			at += (size_t)snprintf(event + at, 7, "\\u%04x", c);
		} else {
			event[at++] = (char)c;
		}
	}
	return at;
}

static size_t put_arguments(char *event, size_t at, const struct ffi_function *function, const union ffi_value *values)
{
	int i;

	for (i = 0; function->parameters[i] != '\0' && at < EVENT_SIZE - 256; i++) {
		char kind = function->parameters[i];

		if ((kind == 'p' || kind == 'P') && values[i].text != NULL) {
			at += (size_t)snprintf(event + at, 24, "\"arg%d\":\"", i + 1);
			at = put_text(event, at, values[i].text);
			at += (size_t)snprintf(event + at, 3, "\",");
		} else if (kind == 'n') {
			at += (size_t)snprintf(event + at, 48, "\"arg%d\":%lld,", i + 1, (long long)values[i].number);
		}
	}
	return at;
}

void trace_end_slow(const struct trace_span *span, const struct ffi_function *function, const union ffi_value *values, int error)
{
	int64_t end = now();
	int pid = own_pid(), saved = errno;
	char event[EVENT_SIZE];
	size_t at;

	at = (size_t)snprintf(event, sizeof(event), "{\"name\":\"%s\",\"ph\":\"X\",\"ts\":%lld.%03d,\"dur\":%lld.%03d,\"pid\":%d,\"tid\":%d,\"args\":{",
			      function->name, (long long)(span->begin / 1000), (int)(span->begin % 1000),
			      (long long)((end - span->begin) / 1000), (int)((end - span->begin) % 1000), pid, pid);
	at = put_arguments(event, at, function, values);
	at += (size_t)snprintf(event + at, sizeof(event) - at, "\"errno\":%d}},\n", error);
	append(event, at);
	errno = saved;
}
