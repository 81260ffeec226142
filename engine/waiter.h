/* SPDX-License-Identifier: Apache-2.0 */
/* How the init of a created container waits: without the engine, in as little memory as there can be. */
#ifndef RUNT_WAITER_H
#define RUNT_WAITER_H

#include "quickjs.h"

/* The host function waitThenExec(order), see host.d.ts. Returns only when the order cannot be read. */
JSValue waiter_wait_then_exec(JSContext *ctx, JSValueConst this_value, int argc, JSValueConst *argv);

#endif
