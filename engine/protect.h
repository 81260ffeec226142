/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNT_PROTECT_H
#define RUNT_PROTECT_H

/*
 * Makes sure that /proc/PID/exe of this process leads to nothing that a container could write to, for commands that bring a
 * process into a container (CVE-2019-5736). Executes the program anew from a protected view of itself, and returns when it
 * is that already or the command needs none. Ends the process with a message when neither view can be had.
 */
void protect_binary(int argc, char **argv);

#endif
