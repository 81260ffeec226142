/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNT_PROTECT_H
#define RUNT_PROTECT_H

/*
 * Makes sure that /proc/PID/exe of this process leads to nothing that a container could write to, for commands that bring a
 * process into a container (CVE-2019-5736). Executes the program anew from a protected view of itself, and returns when it
 * is that already or the command needs none. Ends the process with a message when neither view can be had.
 */
void protect_binary(int argc, char **argv);

/* Whether the command brings a process into a container. Needs no libc. */
int needs_protection(int argc, char **argv);

/* A descriptor of a detached, read-only mount of this binary, or -1. Needs no libc, and so sets no errno. */
int open_binary_view(void);

/* Set when the entry of the program has already brought this process to the protected view (entry.c). */
extern int binary_exchanged;

#endif
