/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two views of the binary are safe. A detached, read-only mount: the kernel refuses to open the file for writing through it, and it is in
 * no mount namespace where somebody could change it. So no descriptor of it may live on beyond the start: that would keep it in a
 * namespace of its own, where a container with CAP_SYS_ADMIN could make it writable through /proc/PID/exe. Where the caller may not
 * mount: a memfd with all seals.
 * Whether this process already is one of them is asked of the kernel, never of the environment or the command line.
 */
#include "protect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SELF "/proc/self/exe"
#define ALL_SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* Commands that bring no process into a container. An unknown word is protected: better slow than reachable. */
static const char *const harmless[] = {
	"state", "kill", "delete", "list", "start", "pause", "resume", "ps", "events", "update",
	"spec", "features", "validate", "doctor", "version", "help", "--version", "-v", "--help", "-h",
};

/* Global options that take the next word as their value. */
static const char *const with_value[] = {
	"--root", "--log", "--log-format", "--log-level", "--rootless", "--cgroup-manager", "--trace",
	"-root", "-log", "-log-format", "-log-level", "-rootless", "-cgroup-manager", "-trace",
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static int is_in(const char *word, const char *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(word, list[i]) == 0)
			return 1;
	return 0;
}

int needs_protection(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (is_in(argv[i], with_value, COUNT(with_value)))
			i++;
		else if (is_in(argv[i], harmless, COUNT(harmless)))
			return 0;
		else if (argv[i][0] != '-')
			return 1;
	}
	return 0; /* no command at all */
}

/* A detached mount has no path: the link leads to the root of a mount that is nowhere. */
static int is_protected(void)
{
	struct statvfs view;
	char link[64];
	ssize_t length;
	int fd = open(SELF, O_RDONLY | O_CLOEXEC), seals;

	if (fd < 0)
		return 0;
	seals = fcntl(fd, F_GET_SEALS);
	if (seals >= 0 && (seals & ALL_SEALS) == ALL_SEALS) {
		close(fd);
		return 1;
	}
	length = readlink(SELF, link, sizeof(link));
	if (length == 1 && link[0] == '/' && fstatvfs(fd, &view) == 0 && (view.f_flag & ST_RDONLY)) {
		close(fd);
		return 1;
	}
	close(fd);
	return 0;
}

static int open_sealed_copy(void)
{
	struct stat status;
	off_t left;
	int from = open(SELF, O_RDONLY | O_CLOEXEC), to = -1;

	if (from < 0 || fstat(from, &status) < 0)
		goto fail;
	to = memfd_create("runt", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (to < 0)
		goto fail;
	for (left = status.st_size; left > 0;) {
		ssize_t copied = sendfile(to, from, NULL, (size_t)left);

		if (copied <= 0)
			goto fail;
		left -= copied;
	}
	if (fchmod(to, 0555) < 0 || fcntl(to, F_ADD_SEALS, ALL_SEALS) < 0)
		goto fail;
	close(from);
	return to;
fail:
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return -1;
}

static void fail(const char *what)
{
	fprintf(stderr, "runt: protect the runtime's own binary: %s: %s\n", what, strerror(errno));
	exit(1);
}

void protect_binary(int argc, char **argv)
{
	int fd;

	if (binary_exchanged || !needs_protection(argc, argv) || is_protected())
		return;
	fd = open_binary_view();
	if (fd >= 0) {
		syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
		close(fd); /* a kernel that cannot execute from there: the copy is as good */
	}
	fd = open_sealed_copy();
	if (fd < 0)
		fail("make a sealed copy");
	syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
	fail("execute the sealed copy");
}
