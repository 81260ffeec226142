/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests need and neither Node.js nor busybox can do: receive a descriptor, answer seccomp notifications, swap two
 * directories without end, spy on processes that enter a container, be resctrl, keep a process from dying, use huge pages and RDMA
 * devices. One static program, used on the host and inside containers.
 * Each job ends by itself within its time limit.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/fuse.h>
#include <linux/keyctl.h>
#include <linux/mount.h>
#include <linux/seccomp.h>
#include <rdma/ib_user_verbs.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "resctrl.h"

#define LIMIT_SECONDS 45

static void die(const char *what)
{
	fprintf(stderr, "agent: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(address.sun_path))
		die("socket");
	strcpy(address.sun_path, path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 1))
		die(path);
	return fd;
}

/* One message with its descriptors; returns the number of descriptors. */
static int receive(int connection, char *payload, size_t size, ssize_t *length, int *fds, int max)
{
	char control[CMSG_SPACE(sizeof(int) * 16)];
	struct iovec part = { payload, size };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	int count = 0;

	*length = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
	if (*length < 0)
		die("recvmsg");
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		int n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (int i = 0; i < n && count < max; i++)
			fds[count++] = ((int *)CMSG_DATA(c))[i];
	}
	return count;
}

static void print_fd_fact(int fd)
{
	char path[64], target[256], line[256];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, target, sizeof(target) - 1);
	printf("fd %.*s\n", (int)(n > 0 ? n : 0), target);
	if (isatty(fd)) {
		struct winsize size;
		if (!ioctl(fd, TIOCGWINSZ, &size))
			printf("size %d %d\n", size.ws_row, size.ws_col);
	}
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	FILE *info = fopen(path, "r");
	while (info && fgets(line, sizeof(line), info))
		if (!strncmp(line, "Pid:", 4))
			printf("pidfd %d\n", atoi(line + 4));
	if (info)
		fclose(info);
}

/*
 * receive-fd SOCKET [INPUT]: accepts one connection, prints what came; copies a terminal to stdout until it hangs up, and types
 * INPUT when "ready" has been printed there.
 */
static int receive_fd(int argc, char **argv)
{
	char payload[8192];
	ssize_t length;
	int fds[16], listener = listen_at(argv[0]);

	printf("listening\n");
	int connection = accept(listener, NULL, NULL);
	int count = receive(connection, payload, sizeof(payload), &length, fds, 16);
	printf("payload %zd %.*s\nfds %d\n", length, (int)length, payload, count);
	for (int i = 0; i < count; i++)
		print_fd_fact(fds[i]);
	printf("more %zd\n", read(connection, payload, sizeof(payload)));
	if (count != 1 || !isatty(fds[0]))
		return 0;
	while ((length = read(fds[0], payload, sizeof(payload) - 1)) > 0) {
		fwrite(payload, 1, length, stdout);
		payload[length] = 0;
		if (argc > 1 && strstr(payload, "ready") && write(fds[0], argv[1], strlen(argv[1])) < 0)
			die("write");
	}
	fflush(stdout);
	return 0;
}

/* receive-all SOCKET: accepts one connection, prints what came until its end, and with which of the messages there were descriptors. */
static int receive_all(int argc, char **argv)
{
	static char payload[1 << 20];
	size_t total = 0;
	ssize_t length;
	int fds[16], messages = 0, listener = listen_at(argv[0]);

	(void)argc;
	printf("listening\n");
	int connection = accept(listener, NULL, NULL);
	do {
		int count = receive(connection, payload + total, sizeof(payload) - total, &length, fds, 16);
		if (count > 0)
			printf("fds %d in message %d\n", count, messages);
		messages++;
		total += length;
	} while (length > 0);
	printf("messages %d\npayload %.*s\n", messages - 1, (int)total, payload);
	return 0;
}

/* receive-datagram SOCKET: prints one datagram. */
static int receive_datagram(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char payload[8192];
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)argc;
	if (fd < 0 || strlen(argv[0]) >= sizeof(address.sun_path))
		die("socket");
	strcpy(address.sun_path, argv[0]);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		die(argv[0]);
	printf("listening\n");
	ssize_t length = recv(fd, payload, sizeof(payload), 0);
	fwrite(payload, 1, length > 0 ? (size_t)length : 0, stdout);
	unlink(argv[0]);
	return 0;
}

/* seccomp-agent SOCKET ERRNO: prints the state it is sent, then lets every notified call fail with ERRNO. */
static int seccomp_agent(int argc, char **argv)
{
	static char payload[65536];
	ssize_t length;
	int fds[16], listener = listen_at(argv[0]), error = argc > 1 ? atoi(argv[1]) : EPERM;

	printf("listening\n");
	int connection = accept(listener, NULL, NULL);
	int count = receive(connection, payload, sizeof(payload), &length, fds, 16);
	printf("fds %d\nstate %.*s\n", count, (int)length, payload);
	for (int i = 0; count > 0; i++) {
		struct seccomp_notif request = { 0 };
		if (ioctl(fds[0], SECCOMP_IOCTL_NOTIF_RECV, &request)) {
			if (errno == EINTR)
				continue;
			break; /* ENOENT: the last process with the filter is gone */
		}
		struct seccomp_notif_resp answer = { .id = request.id, .error = -error };
		printf("call %d\n", request.data.nr);
		ioctl(fds[0], SECCOMP_IOCTL_NOTIF_SEND, &answer);
	}
	return 0;
}

/* exchange A B SECONDS: swaps two paths as fast as the kernel can. */
static int exchange(int argc, char **argv)
{
	struct timespec now;
	long rounds = 0;
	time_t end;

	if (argc < 3)
		return 2;
	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + atoi(argv[2]);
	printf("swapping\n");
	do {
		for (int i = 0; i < 1000; i++)
			if (syscall(SYS_renameat2, AT_FDCWD, argv[0], AT_FDCWD, argv[1], 2 /* RENAME_EXCHANGE */))
				die("renameat2");
		rounds += 1000;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end);
	printf("rounds %ld\n", rounds);
	return 0;
}

/* Whether PID runs one of the programs that the container itself has; a runtime on its way in does not. */
static int is_our_own(const char *pid)
{
	char path[300], target[300];
	snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return 0;
	target[n] = 0;
	return strncmp(target, "/bin/", 5) == 0 && strstr(target, "(deleted)") == NULL;
}

/* With CAP_SYS_ADMIN: the mount that the executable is reached through may be read-only, and nothing else of it. */
static void make_mount_writable(const char *pid, const char *path)
{
	struct mount_attr attributes = { .attr_clr = MOUNT_ATTR_RDONLY };
	int fd = open(path, O_PATH);
	char link[64];

	if (fd < 0)
		return;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (!syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH, &attributes, sizeof(attributes)) ||
	    !syscall(SYS_mount, NULL, link, NULL, MS_REMOUNT | MS_BIND, NULL))
		printf("REMOUNTED %s\n", pid);
	close(fd);
}

/* make-writable PID: tries it on the executable of a process. */
static int make_writable(int argc, char **argv)
{
	char path[300];

	(void)argc;
	snprintf(path, sizeof(path), "/proc/%s/exe", argv[0]);
	make_mount_writable(argv[0], path);
	puts("tried");
	return 0;
}

/* refuse-prctl OPTION PROGRAM ARGUMENT...: executes a program for which prctl(OPTION) fails with EPERM. */
static int refuse_prctl(int argc, char **argv)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)atoi(argv[0]), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(filter) / sizeof(filter[0]), .filter = filter };

	(void)argc;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return perror("install the filter"), 1;
	execv(argv[1], argv + 1);
	return perror(argv[1]), 1;
}

static void spy_on(const char *pid)
{
	char path[300], target[300];
	ssize_t n;
	int fd;

	if (is_our_own(pid))
		return;
	snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	if ((n = readlink(path, target, sizeof(target) - 1)) > 0)
		printf("exe %s %.*s\n", pid, (int)n, target);
	if ((fd = open(path, O_WRONLY)) >= 0 || (fd = open(path, O_WRONLY | O_TRUNC)) >= 0)
		printf("WRITABLE-EXE %s\n", pid);
	if (fd >= 0)
		close(fd);
	make_mount_writable(pid, path);
	/* Who may trace may read the link as well: where it cannot be read the process has ended meanwhile. */
	snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	if (!ptrace(PTRACE_SEIZE, atoi(pid), 0, 0) && readlink(path, target, sizeof(target)) > 0 && !is_our_own(pid))
		printf("PTRACED %s\n", pid);
	for (int i = 3; i < 32; i++) {
		snprintf(path, sizeof(path), "/proc/%s/fd/%d", pid, i);
		if ((n = readlink(path, target, sizeof(target) - 1)) > 0 && !is_our_own(pid))
			printf("FD %s %d %.*s\n", pid, i, (int)n, target);
	}
}

/* spy SECONDS: looks at every process in /proc that is not the container's own, again and again. */
static int spy(int argc, char **argv)
{
	time_t end = time(NULL) + (argc > 0 ? atoi(argv[0]) : 1);
	long rounds = 0;

	printf("spying\n");
	while (time(NULL) < end) {
		DIR *proc = opendir("/proc");
		struct dirent *entry;
		while (proc && (entry = readdir(proc)))
			if (entry->d_name[0] > '0' && entry->d_name[0] <= '9' && atoi(entry->d_name) != getpid() && atoi(entry->d_name) != 1)
				spy_on(entry->d_name);
		if (proc)
			closedir(proc);
		rounds++;
	}
	printf("rounds %ld\n", rounds);
	return 0;
}

#ifdef __x86_64__
/* Start of the first mapping of PID whose line in maps has TEXT, 0 when there is none; its end goes to *END. */
static unsigned long find_mapping(int pid, const char *text, unsigned long *end)
{
	char path[64], line[512];
	unsigned long start = 0, from;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "r");
	while (maps && !start && fgets(line, sizeof(line), maps))
		if (strstr(line, text) && sscanf(line, "%lx-%lx", &from, end) == 2)
			start = from;
	if (maps)
		fclose(maps);
	return start;
}

/* Address of a syscall instruction in the program of PID. */
static unsigned long find_syscall(int pid)
{
	static unsigned char code[1 << 22];
	unsigned long end, start = find_mapping(pid, " r-xp ", &end);
	struct iovec local = { code, sizeof(code) }, remote = { (void *)start, end - start };
	ssize_t length = start ? process_vm_readv(pid, &local, 1, &remote, 1, 0) : -1;

	for (ssize_t i = 0; i + 1 < length; i++)
		if (code[i] == 0x0f && code[i + 1] == 0x05)
			return start + i;
	return 0;
}

/* Makes the stopped process clone another one that shares its memory and stays stopped; returns that one's pid. */
static int keep_memory(int pid)
{
	struct user_regs_struct saved, regs;
	unsigned long address = find_syscall(pid), child = 0;
	int status;

	if (!address || ptrace(PTRACE_GETREGS, pid, 0, &saved))
		return 0;
	regs = saved;
	regs.rip = address, regs.rax = SYS_clone, regs.orig_rax = -1;
	regs.rdi = 0x100 /* CLONE_VM */, regs.rsi = regs.rdx = regs.r10 = regs.r8 = 0;
	ptrace(PTRACE_SETREGS, pid, 0, &regs);
	ptrace(PTRACE_CONT, pid, 0, 0);
	if (waitpid(pid, &status, __WALL) == pid && status >> 8 == (SIGTRAP | PTRACE_EVENT_CLONE << 8))
		ptrace(PTRACE_GETEVENTMSG, pid, 0, &child);
	ptrace(PTRACE_SYSCALL, pid, 0, 0);
	waitpid(pid, &status, __WALL);
	ptrace(PTRACE_SETREGS, pid, 0, &saved);
	return (int)child;
}

static void forge_in(int pid, int victim, const char *text)
{
	struct {
		int pid, length;
		char text[256];
	} words = { .pid = victim, .length = strlen(text) };
	unsigned long end, page = find_mapping(pid, " rw-s ", &end);
	struct iovec local = { &words, 8 + words.length }, remote = { (void *)page, 8 + words.length };

	strcpy(words.text, text);
	printf("forged %lx\n", page);
	for (long i = 0; page && i < 300000; i++)
		if (process_vm_writev(pid, &local, 1, &remote, 1, 0) < 0)
			return;
}

/* Takes hold of PID if it is there; 1 when it was, and nothing more is to be done about it. */
static int forge_one(int pid, int victim, const char *text)
{
	char name[16];
	int status, child = 0;

	if (ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL))
		return errno == EPERM; /* it is traced already, or has ended */
	snprintf(name, sizeof(name), "%d", pid);
	if (ptrace(PTRACE_INTERRUPT, pid, 0, 0) || waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		return 1;
	if (!is_our_own(name))
		child = keep_memory(pid);
	ptrace(PTRACE_DETACH, pid, 0, 0);
	if (child)
		forge_in(child, victim, text);
	return 1;
}

/* The pid that was given last. */
static int last_pid(void)
{
	FILE *load = fopen("/proc/loadavg", "r");
	int pid = 0;

	if (load && fscanf(load, "%*s %*s %*s %*s %d", &pid) != 1)
		pid = 0;
	if (load)
		fclose(load);
	return pid;
}

/*
 * forge PID TEXT SECONDS: takes hold of every process that is on its way into the container, keeps its memory alive, and writes over
 * all that it shares with the runtime: PID for its own pid, TEXT for what it says. Pids are given one after the other.
 */
static int forge(int argc, char **argv)
{
	time_t end = time(NULL) + atoi(argv[2]);

	(void)argc;
	printf("waiting\n");
	for (int round = 0, next = 0; time(NULL) < end; round++) {
		if (round % 64 == 0)
			next = last_pid() + 1;
		for (int pid = next; pid < next + 4; pid++)
			if (forge_one(pid, atoi(argv[0]), argv[1]))
				next = pid + 1;
	}
	printf("end\n");
	return 0;
}
#else
static int forge(int argc, char **argv)
{
	(void)argc, (void)argv;
	printf("not for this machine\n");
	return 0;
}
#endif

/* syscall NUMBER [ARGUMENT...]: prints the result, or the errno's number. */
static int raw_syscall(int argc, char **argv)
{
	long a[7] = { 0 };
	for (int i = 0; i < argc && i < 7; i++)
		a[i] = strtol(argv[i], NULL, 0);
	long result = syscall(a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
	if (result < 0)
		printf("errno %d\n", errno);
	else
		printf("result %ld\n", result);
	return 0;
}

/* subreaper COMMAND...: runs COMMAND as a shim would, waits for it, then for every orphan that comes to us; prints each. */
static int subreaper(int argc, char **argv)
{
	int status;
	pid_t child, pid;

	if (argc < 1 || prctl(PR_SET_CHILD_SUBREAPER, 1))
		die("subreaper");
	if (!(child = fork())) {
		execv(argv[0], argv);
		die(argv[0]);
	}
	while ((pid = wait(&status)) > 0)
		printf("%s %d %s %d\n", pid == child ? "command" : "orphan", pid, WIFSIGNALED(status) ? "signal" : "exit",
		       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return 0;
}

static void unix_address(struct sockaddr_un *address, const char *path)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(address->sun_path))
		die(path);
	strcpy(address->sun_path, path);
}

/* notify-manager PATH COUNT: a service manager; prints COUNT messages, newlines as "|", with the number of descriptors of each. */
static int notify_manager(int argc, char **argv)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)argc;
	unix_address(&address, argv[0]);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		die(argv[0]);
	puts("listening");
	for (int left = atoi(argv[1]); left > 0; left--) {
		char text[4096];
		ssize_t length;
		int fds[16];
		int count = receive(fd, text, sizeof(text) - 1, &length, fds, 16);

		text[length] = 0;
		for (char *at = text; (at = strchr(at, '\n'));)
			*at = '|';
		printf("%s %d\n", text, count);
		while (count > 0)
			close(fds[--count]);
	}
	return 0;
}

/* notify MESSAGE: tells the service manager at $NOTIFY_SOCKET, as sd_notify(3) does. */
static int notify(int argc, char **argv)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)argc;
	if (fd < 0 || !path)
		die("NOTIFY_SOCKET");
	unix_address(&address, path);
	if (sendto(fd, argv[0], strlen(argv[0]), 0, (struct sockaddr *)&address, sizeof(address)) < 0)
		die(path);
	return 0;
}

/* key-label: the security label of the session keyring. */
static int key_label(int argc, char **argv)
{
	char label[256] = "";

	(void)argc, (void)argv;
	if (syscall(SYS_keyctl, KEYCTL_GET_SECURITY, KEY_SPEC_SESSION_KEYRING, label, sizeof(label) - 1) < 0)
		die("keyctl");
	puts(label);
	return 0;
}

/* hold PID SECONDS: traces a process and never looks at it, so that it cannot be gone even when it is dead. */
static int hold(int argc, char **argv)
{
	(void)argc;
	if (ptrace(PTRACE_SEIZE, atoi(argv[0]), NULL, NULL))
		die(argv[0]);
	puts("holding");
	sleep((unsigned int)atoi(argv[1]));
	return 0;
}

static void fuse_reply(int fd, uint64_t unique, int error, const void *data, size_t size)
{
	struct fuse_out_header header = { .len = (uint32_t)(sizeof(header) + size), .error = error, .unique = unique };
	struct iovec parts[2] = { { &header, sizeof(header) }, { (void *)data, size } };

	if (writev(fd, parts, 2) < 0 && errno != ENOENT)
		die("reply");
}

/* mute DIRECTORY SECONDS: mounts a file system there which takes the question for a name in it, and never answers. */
static int mute(int argc, char **argv)
{
	struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096 };
	struct fuse_attr_out root = { .attr = { .ino = 1, .mode = S_IFDIR | 0755, .nlink = 2 } };
	static char request[1 << 17];
	const struct fuse_in_header *header = (const struct fuse_in_header *)request;
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[96];

	(void)argc;
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
	if (fd < 0 || mount("mute", argv[0], "fuse", MS_NOSUID | MS_NODEV, options))
		die(argv[0]);
	alarm((unsigned int)atoi(argv[1]));
	puts("mounted");
	while (read(fd, request, sizeof(request)) > 0) {
		if (header->opcode == FUSE_INIT)
			fuse_reply(fd, header->unique, 0, &init, sizeof(init));
		else if (header->opcode == FUSE_GETATTR)
			fuse_reply(fd, header->unique, 0, &root, sizeof(root));
		else if (header->opcode == FUSE_LOOKUP)
			puts("asked");
		else if (header->opcode != FUSE_FORGET && header->opcode != FUSE_BATCH_FORGET && header->opcode != FUSE_INTERRUPT)
			fuse_reply(fd, header->unique, -ENOSYS, NULL, 0);
	}
	return 0;
}

/* huge-pages MIB [unreserved]: maps huge pages of 2 MB, reserved unless told otherwise, and writes to them one by one; keeps them. */
static int huge_pages(int argc, char **argv)
{
	size_t size = (size_t)atoi(argv[0]) << 20, page = 2 << 20;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | (argc > 1 ? MAP_NORESERVE : 0);
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	puts("mapped");
	for (size_t offset = 0; offset < size; offset += page) {
		memory[offset] = 1;
		printf("written %zu\n", (offset + page) >> 20);
	}
	sleep(LIMIT_SECONDS);
	return 0;
}

/* rdma-contexts DEVICE COUNT: takes COUNT contexts of an RDMA device; keeps them. */
static int rdma_contexts(int argc, char **argv)
{
	(void)argc;
	for (int i = 0; i < atoi(argv[1]); i++) {
		struct ib_uverbs_get_context_resp response;
		struct {
			struct ib_uverbs_cmd_hdr header;
			struct ib_uverbs_get_context command;
		} request = {
			.header = { IB_USER_VERBS_CMD_GET_CONTEXT, sizeof(request) / 4, sizeof(response) / 4 },
			.command = { .response = (uintptr_t)&response },
		};
		int fd = open(argv[0], O_RDWR | O_CLOEXEC);

		if (fd < 0)
			die(argv[0]);
		if (write(fd, &request, sizeof(request)) != sizeof(request))
			die("context");
		puts("context");
	}
	sleep(LIMIT_SECONDS);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int, char **);
		int arguments;
	} jobs[] = {
		{ "receive-fd", receive_fd, 1 }, { "receive-datagram", receive_datagram, 1 }, { "seccomp-agent", seccomp_agent, 1 }, { "exchange", exchange, 3 },
		{ "receive-all", receive_all, 1 },
		{ "spy", spy, 1 },		 { "syscall", raw_syscall, 1 },		{ "subreaper", subreaper, 1 },
		{ "notify-manager", notify_manager, 2 }, { "notify", notify, 1 },	{ "forge", forge, 3 },
		{ "key-label", key_label, 0 },		{ "resctrl", resctrl, 1 },		{ "hold", hold, 2 },
		{ "huge-pages", huge_pages, 1 },	{ "rdma-contexts", rdma_contexts, 2 },
		{ "mute", mute, 2 },			{ "make-writable", make_writable, 1 },
		{ "refuse-prctl", refuse_prctl, 2 },
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm(LIMIT_SECONDS);
	for (size_t i = 0; argc > 1 && i < sizeof(jobs) / sizeof(jobs[0]); i++)
		if (!strcmp(argv[1], jobs[i].name) && argc - 2 >= jobs[i].arguments)
			return jobs[i].run(argc - 2, argv + 2);
	fprintf(stderr, "agent: no such job\n");
	return 2;
}
