/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entry of the program, before libc: exchanges the mappings of the binary for those of its safe view, and has the kernel lead
 * /proc/PID/exe there. It is what executing the view comes to (protect.c), without the price of a second execve(2). As nothing was
 * written to yet, each segment can simply be mapped anew. Whatever the kernel refuses is left to protect.c, which looks at the outcome.
 *
 * Libc is not there: errno lies behind a thread pointer that nobody has set. So calls are made by hand, and -fno-stack-protector.
 */
#include "protect.h"

#include <elf.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/prctl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "heap.h"

#if defined(__x86_64__)
__asm__(".globl runt_entry\n"
	"runt_entry:\n"
	"	mov %rsp, %rdi\n"
	"	call exchange_binary\n"
	"	jmp _start\n");

static long call(long number, long a, long b, long c, long d, long e, long f)
{
	long result;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;

	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return result;
}
#elif defined(__aarch64__)
__asm__(".globl runt_entry\n"
	"runt_entry:\n"
	"	mov x0, sp\n"
	"	bl exchange_binary\n"
	"	b _start\n");

static long call(long number, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
	return x0;
}
#else
#error "the entry of the program is not written for this processor"
#endif

#define PAGES_DOWN(at) ((at) & ~((uint64_t)PAGE - 1))

extern const Elf64_Ehdr __ehdr_start;

int open_binary_view(void)
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV };
	int fd = (int)call(SYS_open_tree, AT_FDCWD, (long)"/proc/self/exe", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC, 0, 0, 0);

	if (fd >= 0 && call(SYS_mount_setattr, fd, (long)"", AT_EMPTY_PATH, (long)&attributes, sizeof(attributes), 0) == 0)
		return fd;
	if (fd >= 0)
		call(SYS_close, fd, 0, 0, 0, 0, 0);
	return -1;
}

/* The file behind an O_PATH descriptor. */
static int open_file(int view)
{
	char path[] = "/proc/self/fd/0000000000";
	char *at = path + sizeof("/proc/self/fd/") - 1;
	int digits = 1, rest;

	for (rest = view; rest >= 10; rest /= 10)
		digits++;
	at[digits] = 0;
	for (rest = view; digits > 0; rest /= 10)
		at[--digits] = (char)('0' + rest % 10);
	return (int)call(SYS_openat, AT_FDCWD, (long)path, O_RDONLY | O_CLOEXEC, 0, 0, 0);
}

/* Maps each segment again, from the other view of the same file, and notes what the kernel wants to know of them. */
static int map_again(int file, struct prctl_mm_map *map)
{
	const Elf64_Phdr *segment = (const Elf64_Phdr *)((const char *)&__ehdr_start + __ehdr_start.e_phoff);
	int i;

	map->start_code = UINT64_MAX;
	for (i = 0; i < __ehdr_start.e_phnum; i++, segment++) {
		uint64_t start = PAGES_DOWN(segment->p_vaddr), end = segment->p_vaddr + segment->p_filesz;
		int access = PROT_READ | (segment->p_flags & PF_W ? PROT_WRITE : 0) | (segment->p_flags & PF_X ? PROT_EXEC : 0);

		if (segment->p_type != PT_LOAD)
			continue;
		if (call(SYS_mmap, (long)start, (long)(end - start), access, MAP_PRIVATE | MAP_FIXED, file, (long)PAGES_DOWN(segment->p_offset)) < 0)
			return -1;
		if ((segment->p_flags & PF_W) && end % PAGE != 0)
			memset((void *)end, 0, PAGE - end % PAGE);
		if (segment->p_flags & PF_X) {
			map->start_code = start;
			map->end_code = end;
		}
		map->start_data = start;
		map->end_data = end;
	}
	return 0;
}

int binary_exchanged;

static char *after(char *word)
{
	return word + strlen(word) + 1;
}

/* Called with the stack as the kernel made it: the number of arguments, the arguments, a null pointer, the environment. */
void exchange_binary(long *stack);
void exchange_binary(long *stack)
{
	int argc = (int)stack[0], view, file;
	char **argv = (char **)(stack + 1), **environment = argv + argc + 1;
	struct prctl_mm_map map;

	if (heap->image_size == 0 || !needs_protection(argc, argv))
		return;
	view = open_binary_view();
	if (view < 0)
		return;
	file = open_file(view);
	memset(&map, 0, sizeof(map));
	if (file >= 0 && map_again(file, &map) == 0) {
		map.start_brk = map.brk = (uint64_t)call(SYS_brk, 0, 0, 0, 0, 0, 0);
		map.start_stack = (uint64_t)stack;
		map.arg_start = (uint64_t)argv[0];
		map.arg_end = map.env_start = map.env_end = (uint64_t)after(argv[argc - 1]);
		for (; *environment != NULL; environment++)
			map.env_end = (uint64_t)after(*environment);
		map.exe_fd = (uint32_t)file;
		binary_exchanged = call(SYS_prctl, PR_SET_MM, PR_SET_MM_MAP, (long)&map, sizeof(map), 0, 0) == 0;
	}
	if (file >= 0)
		call(SYS_close, file, 0, 0, 0, 0, 0);
	call(SYS_close, view, 0, 0, 0, 0, 0);
}
