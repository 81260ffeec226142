/* SPDX-License-Identifier: Apache-2.0 */
/* Fault injection, in the test build alone (-DRUNT_FAULTS): the Nth call of a process fails, or the process dies there. */
#ifndef RUNT_FAULTS_H
#define RUNT_FAULTS_H

#ifdef RUNT_FAULTS

/* Counts a call; true when it must fail with *error instead of being made. */
int faults_before(const char *name, int *error);
/* Names what this process is: parent, init, intermediate, exec. Calls are counted anew. */
void faults_set_role(const char *role);

#else

static inline int faults_before(const char *name, int *error)
{
	(void)name;
	(void)error;
	return 0;
}

static inline void faults_set_role(const char *role)
{
	(void)role;
}

#endif
#endif
