/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread may still be at work when init is cloned, which then is a copy of a process with two threads. So the thread takes no lock
 * of libc but that of its own end, and of what waits for that lock (pthread_*, and libc's way of changing ids, which goes through all
 * threads) nothing is called in a clone: ids are changed by raw system calls.
 */
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct {
	pthread_t thread;
	cpu_set_t processors;
	int begun;
	_Atomic int done;
	int descriptor;
	int error;
} maker;

static int bring_up_loopback(void)
{
	struct ifreq request;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), result;

	if (fd < 0)
		return -1;
	memset(&request, 0, sizeof(request));
	memcpy(request.ifr_name, "lo", sizeof("lo"));
	request.ifr_flags = IFF_UP;
	result = ioctl(fd, SIOCSIFFLAGS, &request);
	close(fd);
	return result;
}

static void *make(void *unused)
{
	(void)unused;
	maker.descriptor = -1;
	if (unshare(CLONE_NEWNET) == 0 && bring_up_loopback() == 0)
		maker.descriptor = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	maker.error = errno;
	maker.done = 1;
	return NULL;
}

/* Where it is born it would wait until this thread sleeps, which it does when it waits for that one. */
static void move_to_another_processor(void)
{
	cpu_set_t others;

	if (sched_getaffinity(0, sizeof(maker.processors), &maker.processors) < 0)
		return;
	others = maker.processors;
	CPU_CLR(sched_getcpu(), &others);
	if (CPU_COUNT(&others) > 0)
		pthread_setaffinity_np(maker.thread, sizeof(others), &others);
}

/* When the others have no time for it, it may come back, as this thread is about to sleep. */
static void let_it_come_back(void)
{
	if (!maker.done && CPU_COUNT(&maker.processors) > 0)
		pthread_setaffinity_np(maker.thread, sizeof(maker.processors), &maker.processors);
}

int begin_network_namespace(void)
{
	errno = pthread_create(&maker.thread, NULL, make, NULL);
	maker.begun = errno == 0;
	if (maker.begun)
		move_to_another_processor();
	return maker.begun ? 0 : -1;
}

int end_network_namespace(void)
{
	if (!maker.begun) {
		errno = ESRCH;
		return -1;
	}
	maker.begun = 0;
	let_it_come_back();
	pthread_join(maker.thread, NULL);
	errno = maker.error;
	return maker.descriptor;
}
