/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order is copied out of the heap, the heap goes back to the kernel, and then there is nothing left but to read one byte and to
 * become the program. What can fail by then was turned into the words of the reply beforehand, by the program.
 */
#include "waiter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "heap.h"

/* More than execve(2) takes of arguments and environment, for what the spare memory of the heap is too small for. */
#define SPACE_SIZE (16 * 1024 * 1024)

/* Right below the frame that gives back what is deeper: room for the calls that follow. */
#define STACK_KEPT (PAGE > 16 * 1024 ? PAGE : 16 * 1024)

struct order {
	int start, reply;
	char *path;
	char **argv, **envp;
	struct sock_fprog filter;
	unsigned int filter_flags;
	int *keep; /* -1 ends it */
	char **failures; /* step, text before the errno, text after it; NULL ends it */
};

static struct {
	char *next, *end;
} space;

/* Pages that are not written to cost nothing. */
static int enlarge_space(void)
{
	char *pages = mmap(NULL, SPACE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (pages == MAP_FAILED)
		return -1;
	space.next = pages;
	space.end = pages + SPACE_SIZE;
	return 0;
}

static void *reserve(JSContext *ctx, size_t size)
{
	char *at;

	size = (size + 7) & ~(size_t)7;
	if (size > (size_t)(space.end - space.next) && (size > SPACE_SIZE || enlarge_space() < 0)) {
		JS_ThrowRangeError(ctx, "waitThenExec: arguments and environment are too long");
		return NULL;
	}
	at = space.next;
	space.next += size;
	return at;
}

static char *copy_text(JSContext *ctx, JSValue value)
{
	size_t length;
	const char *text = JS_IsException(value) ? NULL : JS_ToCStringLen(ctx, &length, value);
	char *copy;

	JS_FreeValue(ctx, value);
	if (text == NULL)
		return NULL;
	if (strlen(text) != length) {
		JS_ThrowTypeError(ctx, "waitThenExec: a string has a NUL byte inside");
		return NULL;
	}
	copy = reserve(ctx, length + 1);
	if (copy != NULL)
		memcpy(copy, text, length + 1);
	JS_FreeCString(ctx, text);
	return copy;
}

static int get_number(JSContext *ctx, JSValueConst object, const char *name, uint32_t *number)
{
	JSValue value = JS_GetPropertyStr(ctx, object, name);

	if (JS_IsException(value) || JS_ToUint32(ctx, number, value) < 0)
		return -1;
	JS_FreeValue(ctx, value);
	return 0;
}

static char **copy_texts(JSContext *ctx, JSValueConst order, const char *name)
{
	JSValue array = JS_GetPropertyStr(ctx, order, name);
	uint32_t count, i;
	char **copies;

	if (JS_IsException(array) || get_number(ctx, array, "length", &count) < 0)
		return NULL;
	copies = reserve(ctx, ((size_t)count + 1) * sizeof(*copies));
	for (i = 0; copies != NULL && i < count; i++) {
		copies[i] = copy_text(ctx, JS_GetPropertyUint32(ctx, array, i));
		if (copies[i] == NULL)
			return NULL;
	}
	JS_FreeValue(ctx, array);
	return copies;
}

static int *copy_descriptors(JSContext *ctx, JSValueConst order, const char *name)
{
	JSValue array = JS_GetPropertyStr(ctx, order, name);
	uint32_t count, i;
	int *copies;

	if (JS_IsException(array) || get_number(ctx, array, "length", &count) < 0)
		return NULL;
	copies = reserve(ctx, ((size_t)count + 1) * sizeof(*copies));
	if (copies == NULL)
		return NULL;
	for (i = 0; i < count; i++)
		if (JS_ToInt32(ctx, &copies[i], JS_GetPropertyUint32(ctx, array, i)) < 0)
			return NULL;
	copies[count] = -1;
	JS_FreeValue(ctx, array);
	return copies;
}

/* Without a filter its length is zero. */
static int copy_filter(JSContext *ctx, JSValueConst order, struct sock_fprog *filter)
{
	JSValue array = JS_GetPropertyStr(ctx, order, "filter"), buffer;
	size_t offset, length, size;
	uint8_t *bytes;

	if (JS_IsException(array) || JS_IsUndefined(array))
		return JS_IsException(array) ? -1 : 0;
	buffer = JS_GetTypedArrayBuffer(ctx, array, &offset, &length, NULL);
	if (JS_IsException(buffer))
		return -1;
	bytes = JS_GetArrayBuffer(ctx, &size, buffer);
	filter->filter = reserve(ctx, length);
	if (bytes == NULL || filter->filter == NULL)
		return -1;
	memcpy(filter->filter, bytes + offset, length);
	filter->len = (unsigned short)(length / sizeof(struct sock_filter));
	JS_FreeValue(ctx, buffer);
	JS_FreeValue(ctx, array);
	return 0;
}

static int copy_order(JSContext *ctx, JSValueConst from, struct order *order)
{
	uint32_t start, reply;

	if (get_number(ctx, from, "start", &start) < 0 || get_number(ctx, from, "reply", &reply) < 0 ||
	    get_number(ctx, from, "filterFlags", &order->filter_flags) < 0 || copy_filter(ctx, from, &order->filter) < 0)
		return -1;
	order->start = (int)start;
	order->reply = (int)reply;
	order->path = copy_text(ctx, JS_GetPropertyStr(ctx, from, "path"));
	order->argv = order->path == NULL ? NULL : copy_texts(ctx, from, "args");
	order->envp = order->argv == NULL ? NULL : copy_texts(ctx, from, "env");
	order->keep = order->envp == NULL ? NULL : copy_descriptors(ctx, from, "keep");
	order->failures = order->keep == NULL ? NULL : copy_texts(ctx, from, "failures");
	return order->failures == NULL ? -1 : 0;
}

static void say(const struct order *order, const char *text)
{
	/* Whoever started the container may be gone. */
	if (write(order->reply, text, strlen(text)) < 0)
		return;
}

/* "execve 2" is told before "execve" when 2 is the errno. */
static void tell(const struct order *order, const char *step, int error)
{
	char exact[64], number[16];
	char **at, **found = NULL;

	snprintf(exact, sizeof(exact), "%s %d", step, error);
	snprintf(number, sizeof(number), "%d", error);
	for (at = order->failures; *at != NULL; at += 3)
		if (strcmp(*at, exact) == 0 || (found == NULL && strcmp(*at, step) == 0))
			found = at;
	if (found == NULL)
		return;
	say(order, found[1]);
	say(order, number);
	say(order, found[2]);
}

/* A filter may refuse to let a process end; then it has to die. */
static _Noreturn void end(void)
{
	syscall(SYS_exit_group, 1);
	__builtin_trap();
}

static _Noreturn void fail(const struct order *order, const char *step, int error)
{
	tell(order, step, error);
	end();
}

static void discard_memory(void)
{
	extern char __executable_start, __init_array_start; /* of the linker: code, constants, then data */
	uintptr_t here = (uintptr_t)__builtin_frame_address(0) & ~(uintptr_t)(PAGE - 1);

	heap_discard();
	/* Deep calls of the engine lie below this one; pages of code and constants come back as they are needed. */
	madvise((void *)(here - 1024 * 1024), 1024 * 1024 - STACK_KEPT, MADV_DONTNEED);
	madvise(&__executable_start, (size_t)(&__init_array_start - &__executable_start) & ~(size_t)(PAGE - 1), MADV_DONTNEED);
}

static void wait_at_gate(int start)
{
	char byte;

	while (read(start, &byte, 1) < 0 && errno == EINTR)
		;
	close(start);
}

static int has_step(const struct order *order, const char *step)
{
	char **at;

	for (at = order->failures; *at != NULL; at += 3)
		if (strcmp(*at, step) == 0)
			return 1;
	return 0;
}

/* The kernel names a directory outside of the root "(unreachable)/…". Under a filter the call may be refused, and is not made. */
static void check_working_directory(const struct order *order)
{
	char path[4096];

	if (!has_step(order, "getcwd"))
		return;
	if (syscall(SYS_getcwd, path, sizeof(path)) < 0)
		fail(order, "getcwd", errno);
	if (path[0] != '/')
		fail(order, "getcwd", ENOENT);
}

static void become_program(const struct order *order)
{
	int *fd;

	for (fd = order->keep; *fd >= 0; fd++)
		fcntl(*fd, F_SETFD, 0);
	check_working_directory(order);
	/* Last, so that the profile need not allow what the runtime does. */
	if (order->filter.len != 0 && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, order->filter_flags, &order->filter) != 0)
		fail(order, "seccomp", errno);
	execve(order->path, order->argv, order->envp);
	fail(order, "execve", errno);
}

JSValue waiter_wait_then_exec(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv)
{
	struct order order = { 0 };

	(void)this_value, (void)argc;
	space.next = heap_spare();
	space.end = space.next + HEAP_SPARE;
	if (copy_order(ctx, argv[0], &order) < 0)
		return JS_EXCEPTION;
	discard_memory();
	wait_at_gate(order.start);
	become_program(&order);
	end();
}
