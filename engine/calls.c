/* SPDX-License-Identifier: Apache-2.0 */
#include "calls.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of the kernel, not of libc, which keeps two signals to itself. */
#define SIGNALS 64
#define CAPABILITIES 64

int reset_signal_actions(void)
{
	char action[64]; /* SIG_DFL, no flags, an empty mask: at least as large as the kernel's structure on any architecture */
	int number;

	memset(action, 0, sizeof(action));
	for (number = 1; number <= SIGNALS; number++)
		if (number != SIGKILL && number != SIGSTOP && syscall(SYS_rt_sigaction, number, action, NULL, SIGNALS / 8) < 0)
			return -1;
	return 0;
}

int64_t read_bounding_set(void)
{
	int64_t set = 0;
	int number, held;

	for (number = 0; number < CAPABILITIES; number++) {
		held = prctl(PR_CAPBSET_READ, number, 0, 0, 0);
		if (held < 0)
			return errno == EINVAL ? set : -1; /* beyond the last one that this kernel knows */
		set |= (int64_t)held << number;
	}
	return set;
}

int reduce_bounding_set(uint64_t keep)
{
	int number;

	for (number = 0; number < CAPABILITIES; number++)
		if ((keep >> number & 1) == 0 && prctl(PR_CAPBSET_DROP, number, 0, 0, 0) < 0)
			return errno == EINVAL ? 0 : -1;
	return 0;
}
