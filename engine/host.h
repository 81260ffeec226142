/* SPDX-License-Identifier: Apache-2.0 */
/* The module "runt:host": what is not a call of the kernel. Types in engine/host.d.ts. */
#ifndef RUNT_HOST_H
#define RUNT_HOST_H

#include "quickjs.h"

/* The command line, for `args`; kept by reference. */
void host_set_arguments(int argc, char **argv);

/* Adds the module "runt:host". */
JSModuleDef *host_init_module(JSContext *ctx, const char *name);

#endif
