/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUNT_TEST_RESCTRL_H
#define RUNT_TEST_RESCTRL_H

/* resctrl DIRECTORY [GROUPS]: mounts the file system there, with room for so many groups (16), and serves it until it is killed. */
int resctrl(int argc, char **argv);

#endif
