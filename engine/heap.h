/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of the engine: one region at a fixed address, so that it can be written into the binary as the heap image, see image.h.
 *
 *     root | objects of the image, immortal and never given back | free memory of this process
 */
#ifndef RUNT_HEAP_H
#define RUNT_HEAP_H

#include <stddef.h>

#include "quickjs.h"

/* What is known of the image, at the very beginning of the region. All zero in the binary that makes the image. */
struct heap_root {
	size_t image_size; /* must come first: quickjs.h reads it */
	JSRuntime *runtime;
	JSContext *context;
	JSValue start;
	/* The rest of the region that may be handed out, and what was given back of it, by size class. */
	char *next;
	char *end;
	/* The last block that was taken from memory never used before. */
	const void *unused;
	/* Of memory beyond the region, the newest; each begins with the one before it. */
	char *chunks;
	void *freed[112];
};

/* What the kernel's pages may be as large as: an arm64 kernel is built for pages of 4, 16 or 64 KiB. */
#ifdef __aarch64__
#define PAGE (64 * 1024)
#else
#define PAGE 4096
#endif

/* Free memory behind the image, and behind that what the engine never hands out: heap_discard() leaves it alone. Both together are less
 * than 2 MiB, so that the kernel makes no huge page of them. */
#define HEAP_ROOM (1536 * 1024)
#define HEAP_SPARE (256 * 1024)

#define heap ((struct heap_root *)js_heap)

extern const size_t heap_region_size;
extern const JSMallocFunctions heap_functions;

/* Opens the whole region; only where there is no image yet. */
void heap_open(void);

/* Ends the image after what is in use now: later memory begins on a page of its own, and what was freed is forgotten. */
void heap_seal(void);

/* The end of what was ever handed out of the region. */
const char *heap_end(void);

/*
 * After a clone, in both processes: new blocks come from pages of their own. What was given back before lies scattered over pages that
 * the two share, and the first write to each would copy it.
 */
void heap_part(void);

/* Gives all memory back to the kernel. No code of the program can run after that. */
void heap_discard(void);

/* HEAP_SPARE bytes, there without a call: limits of the container may allow no new mapping. Only of a binary with an image. */
char *heap_spare(void);

#endif
