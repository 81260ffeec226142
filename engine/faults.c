/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RUNT_FAULT=ROLE:N:ERRNO makes the Nth call of the process with that role fail with ERRNO, a number; ROLE:N:kill kills the
 * process there. With a name for N it is the first call of that name. RUNT_FAULT_LOG=FILE gets a line "role n name" a call.
 */
#ifdef RUNT_FAULTS

#include "faults.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static char role[16] = "parent";
static unsigned long count;
static int name_was_seen;

void faults_set_role(const char *name)
{
	snprintf(role, sizeof(role), "%s", name);
	count = 0;
	name_was_seen = 0;
}

/* The file is opened for every line: the program closes descriptors that it does not know. */
static void log_call(const char *name)
{
	const char *path = getenv("RUNT_FAULT_LOG");
	char line[96];
	int fd, length;

	if (path == NULL)
		return;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return;
	length = snprintf(line, sizeof(line), "%s %lu %s\n", role, count, name);
	if (write(fd, line, (size_t)length) < 0)
		abort();
	close(fd);
}

static int is_wanted(const char *call, const char *name)
{
	if (strcmp(call, name) != 0)
		return strtoul(call, NULL, 10) == count;
	return !name_was_seen++;
}

int faults_before(const char *name, int *error)
{
	const char *wanted = getenv("RUNT_FAULT");
	char wanted_role[16], wanted_call[48], what[16];

	count++;
	log_call(name);
	if (wanted == NULL || sscanf(wanted, "%15[^:]:%47[^:]:%15s", wanted_role, wanted_call, what) != 3)
		return 0;
	/* A process that is told to end must not be kept from it. */
	if (strcmp(wanted_role, role) != 0 || !is_wanted(wanted_call, name) || strcmp(name, "exit_group") == 0)
		return 0;
	if (strcmp(what, "kill") == 0) {
		/* Not raise(3), which knows the parent's id after a clone; and the init of a pid namespace survives its own signal. */
		kill((pid_t)syscall(SYS_getpid), SIGKILL);
		_exit(128 + SIGKILL);
	}
	*error = atoi(what);
	return 1;
}

#endif
