/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks come in size classes: multiples of 16 bytes up to 1 KiB, then four classes a doubling. A block given back waits in the list
 * of its class and is never merged: a command lives for milliseconds. Eight bytes before each block hold its size.
 */
#include "heap.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define UNIT 16
#define HEADER sizeof(size_t)
#define SMALL 1024
#define SMALL_CLASSES (SMALL / UNIT)
/* Beyond it a block is a mapping of its own. */
#define LARGE (256 * 1024)
/* What is asked of the kernel when the region is full; below 2 MiB, so that no huge page is made of it. */
#define CHUNK (1024 * 1024)
#define REGION (24 * 1024 * 1024)

/* What the compiler adds to the name of a section becomes a comment of the assembler. */
#ifdef __aarch64__
#define COMMENT "//"
#else
#define COMMENT "#"
#endif

/* Last in the data of the binary, see Makefile. */
char js_heap[REGION] __attribute__((section("runt_heap,\"aw\",@nobits" COMMENT), aligned(PAGE)));
const size_t heap_region_size = REGION;

static inline size_t *size_of(const void *block)
{
	return (size_t *)block - 1;
}

static size_t round_up(size_t size, size_t to)
{
	return (size + to - 1) & ~(to - 1);
}

/* The class of a block of `size` bytes with its header, and in *size what such a block really has. */
static int class_of(size_t *size)
{
	size_t step;
	int log;

	*size = round_up(*size, UNIT);
	if (*size <= SMALL)
		return (int)(*size / UNIT) - 1;
	log = 63 - __builtin_clzl(*size - 1); /* 2^log < size <= 2^(log + 1) */
	step = (size_t)1 << (log - 2);
	*size = round_up(*size, step);
	return SMALL_CLASSES + (log - 10) * 4 + (int)((*size - ((size_t)1 << log)) / step) - 1;
}

static int is_large(size_t size)
{
	return size > LARGE;
}

/* Pages from elsewhere. Not while the image is made: it is the region alone. */
static char *map(size_t size)
{
	char *pages;

	if (heap->image_size == 0)
		return NULL;
	pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return pages == MAP_FAILED ? NULL : pages;
}

/* Takes new memory for the bump pointer. The rest of the old is lost. */
static int add_chunk(void)
{
	char *chunk = map(CHUNK);

	if (chunk == NULL)
		return -1;
	*(char **)chunk = heap->chunks;
	heap->chunks = chunk;
	heap->next = chunk + HEADER; /* blocks begin at a multiple of 16, their size lies before them */
	heap->end = chunk + CHUNK;
	return 0;
}

static void *take_large(size_t size)
{
	char *block;

	size = round_up(size + HEADER, PAGE);
	block = map(size);
	if (block == NULL)
		return NULL;
	block += UNIT;
	*size_of(block) = size;
	heap->unused = block;
	return block;
}

static void *take(size_t size)
{
	int class;
	char *block;

	if (size > SIZE_MAX / 2)
		return NULL;
	size += HEADER;
	if (is_large(size))
		return take_large(size);
	class = class_of(&size);
	block = heap->freed[class];
	if (block != NULL) {
		heap->freed[class] = *(void **)block;
		return block;
	}
	if ((size_t)(heap->end - heap->next) < size && add_chunk() < 0)
		return NULL;
	block = heap->next + HEADER;
	heap->next += size;
	*size_of(block) = size;
	heap->unused = block;
	return block;
}

int js_is_unused(const void *block)
{
	return block == heap->unused;
}

static void give_back(void *block)
{
	size_t size = *size_of(block);
	int class;

	if (is_large(size)) {
		munmap((char *)block - UNIT, size);
		return;
	}
	if (block == heap->unused)
		heap->unused = NULL;
	class = class_of(&size);
	*(void **)block = heap->freed[class];
	heap->freed[class] = block;
}

/* Makes a block larger where it is, if it is the last one. */
static int grow_last(void *block, size_t size)
{
	char *end = (char *)block - HEADER + *size_of(block);

	if (end != heap->next)
		return 0;
	size += HEADER;
	if (is_large(size))
		return 0;
	class_of(&size);
	if ((char *)block - HEADER + size > heap->end)
		return 0;
	heap->next = (char *)block - HEADER + size;
	*size_of(block) = size;
	return 1;
}

static void *heap_malloc(JSMallocState *state, size_t size)
{
	void *block = take(size);

	if (block == NULL)
		return NULL;
	state->malloc_count++;
	state->malloc_size += *size_of(block);
	return block;
}

/* What lies in the image stays there: nobody else will need the page, and it would be dirtied for nothing. */
static void heap_free(JSMallocState *state, void *block)
{
	if (block == NULL || js_is_image(block))
		return;
	state->malloc_count--;
	state->malloc_size -= *size_of(block);
	give_back(block);
}

static size_t heap_usable_size(const void *block)
{
	return block == NULL ? 0 : *size_of(block) - (is_large(*size_of(block)) ? UNIT : HEADER);
}

static void *heap_realloc(JSMallocState *state, void *block, size_t size)
{
	size_t old = heap_usable_size(block);
	void *copy;

	if (block == NULL)
		return size == 0 ? NULL : heap_malloc(state, size);
	if (size == 0) {
		heap_free(state, block);
		return NULL;
	}
	if (size <= old && (size >= old / 2 || js_is_image(block)))
		return block;
	if (size > old && !js_is_image(block) && grow_last(block, size)) {
		state->malloc_size += heap_usable_size(block) - old;
		return block;
	}
	copy = heap_malloc(state, size);
	if (copy == NULL)
		return size <= old ? block : NULL;
	memcpy(copy, block, size < old ? size : old);
	heap_free(state, block);
	return copy;
}

const JSMallocFunctions heap_functions = { heap_malloc, heap_free, heap_realloc, heap_usable_size };

void heap_open(void)
{
	heap->next = js_heap + round_up(sizeof(struct heap_root), UNIT) + HEADER;
	heap->end = js_heap + REGION;
}

const char *heap_end(void)
{
	return heap->next;
}

/* The contents of freed blocks are of no use to anybody. */
static void wipe_freed(void)
{
	size_t class;

	for (class = 0; class < sizeof(heap->freed) / sizeof(heap->freed[0]); class++) {
		void *block = heap->freed[class];

		while (block != NULL) {
			void *next = *(void **)block;

			memset(block, 0, heap_usable_size(block));
			block = next;
		}
		heap->freed[class] = NULL;
	}
}

void heap_seal(void)
{
	wipe_freed();
	heap->image_size = round_up((size_t)(heap->next - js_heap), PAGE);
	heap->next = js_heap + heap->image_size + HEADER;
}

void heap_part(void)
{
	memset(heap->freed, 0, sizeof(heap->freed));
	heap->unused = NULL;
	heap->next = js_heap + round_up((size_t)(heap->next - js_heap), PAGE) + HEADER;
	if (heap->next > heap->end)
		heap->next = heap->end; /* the next block begins a chunk */
}

void heap_discard(void)
{
	char *chunk = heap->chunks, *before;

	for (; chunk != NULL; chunk = before) {
		before = *(char **)chunk;
		munmap(chunk, CHUNK);
	}
	madvise(js_heap, heap->image_size + HEAP_ROOM, MADV_DONTNEED);
}

char *heap_spare(void)
{
	return js_heap + heap->image_size + HEAP_ROOM;
}
