/* SPDX-License-Identifier: Apache-2.0 */
#include "image.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dispatch.h"
#include "heap.h"
#include "host.h"

/* Cycles are looked for when so much is in use; only `run` in the foreground and `events` live long enough. */
#define GC_THRESHOLD (16 * 1024 * 1024)

static void fail(const char *what)
{
	fprintf(stderr, "make the heap image: ");
	perror(what);
	exit(1);
}

static void check(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "make the heap image: %s\n", what);
	exit(1);
}

static void check_exception(JSContext *ctx, JSValueConst value)
{
	JSValue error, stack;

	if (!JS_IsException(value))
		return;
	error = JS_GetException(ctx);
	stack = JS_GetPropertyStr(ctx, error, "stack");
	fprintf(stderr, "%s\n%s", JS_ToCString(ctx, error), JS_ToCString(ctx, stack));
	exit(1);
}

static char *read_file(const char *path, size_t *size)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t at = 0;
	char *text;

	if (fd < 0 || fstat(fd, &status) < 0)
		fail(path);
	*size = (size_t)status.st_size;
	text = calloc(1, *size + 1);
	check(text != NULL, "no memory");
	while (at < *size) {
		ssize_t count = read(fd, text + at, *size - at);

		if (count <= 0)
			fail(path);
		at += (size_t)count;
	}
	close(fd);
	return text;
}

static int no_exports(JSContext *ctx, JSModuleDef *module)
{
	(void)ctx, (void)module;
	return 0;
}

/* For the compiler whatever is imported exists. */
static JSModuleDef *unknown_module(JSContext *ctx, const char *name, void *opaque)
{
	(void)opaque;
	return JS_NewCModule(ctx, name, no_exports);
}

static JSModuleDef *host_module(JSContext *ctx, const char *name, void *opaque)
{
	(void)opaque;
	if (strcmp(name, "runt:ffi") == 0)
		return ffi_init_module(ctx, name);
	if (strcmp(name, "runt:host") == 0)
		return host_init_module(ctx, name);
	JS_ThrowReferenceError(ctx, "no module %s in this program", name);
	return NULL;
}

/* Bytecode, made in a runtime of its own, so that nothing the compiler needed ends up in the image. */
static uint8_t *compile(const char *path, size_t *size)
{
	JSRuntime *runtime = JS_NewRuntime();
	JSContext *ctx = JS_NewContext(runtime);
	size_t length;
	char *text = read_file(path, &length);
	JSValue module;
	uint8_t *bytecode;

	/* Line tables and names of variables are an eighth of the binary; a stack still names the functions. */
	JS_SetStripInfo(runtime, JS_STRIP_SOURCE | JS_STRIP_DEBUG);
	JS_SetModuleLoaderFunc(runtime, NULL, unknown_module, NULL);
	module = JS_Eval(ctx, text, length, "runt", JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
	check_exception(ctx, module);
	bytecode = JS_WriteObject(ctx, size, module, JS_WRITE_OBJ_BYTECODE);
	check(bytecode != NULL, "the program cannot be written as bytecode");
	return bytecode;
}

/* Evaluates the module and returns its namespace. */
static JSValue load(JSContext *ctx, const uint8_t *bytecode, size_t size)
{
	JSValue module = JS_ReadObject(ctx, bytecode, size, JS_READ_OBJ_BYTECODE), result;
	JSModuleDef *definition = JS_VALUE_GET_PTR(module);
	JSContext *job;

	check_exception(ctx, module);
	check(JS_ResolveModule(ctx, module) == 0, "the program's imports cannot be resolved");
	result = JS_EvalFunction(ctx, module);
	check_exception(ctx, result);
	while (JS_ExecutePendingJob(JS_GetRuntime(ctx), &job) > 0)
		;
	if (JS_PromiseState(ctx, result) == JS_PROMISE_REJECTED)
		check_exception(ctx, JS_Throw(ctx, JS_PromiseResult(ctx, result)));
	check(JS_PromiseState(ctx, result) == JS_PROMISE_FULFILLED, "the program waits for something when it is loaded");
	JS_FreeValue(ctx, result);
	return JS_GetModuleNamespace(ctx, definition);
}

static JSRuntime *new_runtime(void)
{
#ifdef RUNT_SANITIZE
	return JS_NewRuntime(); /* libc's blocks are those that the sanitizers know */
#else
	heap_open();
	return JS_NewRuntime2(&heap_functions, NULL);
#endif
}

/* The engine with the program in it, ready to start. */
static void load_program(const uint8_t *bytecode, size_t size)
{
	JSRuntime *runtime;
	JSContext *ctx;
	JSValue program, prepare, result;

	runtime = new_runtime();
	ctx = runtime == NULL ? NULL : JS_NewContext(runtime);
	check(ctx != NULL, "the region is too small");
	JS_SetModuleLoaderFunc(runtime, NULL, host_module, NULL);
	program = load(ctx, bytecode, size);
	prepare = JS_GetPropertyStr(ctx, program, "prepare");
	result = JS_Call(ctx, prepare, JS_UNDEFINED, 0, NULL);
	check_exception(ctx, result);
	JS_FreeValue(ctx, result);
	JS_FreeValue(ctx, prepare);
	heap->runtime = runtime;
	heap->context = ctx;
	heap->start = JS_GetPropertyStr(ctx, program, "start");
	check(JS_IsFunction(ctx, heap->start), "the program has no start()");
	JS_FreeValue(ctx, program);
	JS_RunGC(runtime);
	JS_SetGCThreshold(runtime, GC_THRESHOLD);
}

static void seal(void)
{
	JS_SealImage(heap->context);
	heap_seal();
	heap->end = js_heap + heap->image_size + HEAP_ROOM;
}

/* The segment of initialized data, which ends with the region. */
static Elf64_Phdr *data_segment(char *binary)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)binary;
	Elf64_Phdr *segments = (Elf64_Phdr *)(binary + header->e_phoff);
	size_t start = (size_t)js_heap;
	int i;

	for (i = 0; i < header->e_phnum; i++)
		if (segments[i].p_type == PT_LOAD && start >= segments[i].p_vaddr && start < segments[i].p_vaddr + segments[i].p_memsz)
			break;
	check(i < header->e_phnum, "the binary has no segment for the region");
	check(segments[i].p_vaddr + segments[i].p_memsz <= start + heap_region_size, "the region is not last in the binary");
	return &segments[i];
}

static void write_all(int fd, const char *bytes, size_t size, const char *path)
{
	while (size > 0) {
		ssize_t count = write(fd, bytes, size);

		if (count < 0)
			fail(path);
		bytes += count;
		size -= (size_t)count;
	}
}

/* The blank binary up to the end of its initialized data, zeroes for what is not, the image. Section headers are left out. */
static void write_binary(const char *path)
{
	size_t size;
	char *binary = read_file("/proc/self/exe", &size);
	Elf64_Ehdr *header = (Elf64_Ehdr *)binary;
	Elf64_Phdr *segment = data_segment(binary);
	size_t end = segment->p_offset + segment->p_filesz, gap = (size_t)js_heap - segment->p_vaddr - segment->p_filesz;
	char *zeroes = calloc(1, gap + 1);
	int fd;

	check(zeroes != NULL, "no memory");
	segment->p_filesz = (size_t)js_heap + heap->image_size - segment->p_vaddr;
	segment->p_memsz = segment->p_filesz + HEAP_ROOM + HEAP_SPARE;
	header->e_shoff = 0;
	header->e_shnum = header->e_shstrndx = 0;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	if (fd < 0)
		fail(path);
	write_all(fd, binary, end, path);
	write_all(fd, zeroes, gap, path);
	write_all(fd, js_heap, heap->image_size, path);
	if (fchmod(fd, 0755) < 0 || close(fd) < 0)
		fail(path);
}

void image_evaluate(const char *path)
{
	size_t size;
	uint8_t *bytecode = compile(path, &size);

	load_program(bytecode, size);
}

int image_make(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: %s PROGRAM.js OUTPUT\n", argv[0]);
		return 2;
	}
	image_evaluate(argv[1]);
	seal();
	write_binary(argv[2]);
	return 0;
}
