/* SPDX-License-Identifier: Apache-2.0 */
/* The program as bytecode, made by engine/compile.c at build time. */
#ifndef RUNT_PROGRAM_H
#define RUNT_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

extern const uint8_t runt_program[];
extern const size_t runt_program_size;

#endif
