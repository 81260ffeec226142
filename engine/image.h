/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The heap image: the engine as it stands when the program's modules have been evaluated, stored in the binary, so that a command
 * starts at its first line. The blank binary (without an image) makes the final one of itself:
 *
 *     BLANK PROGRAM.js OUTPUT
 *
 * It compiles the program, evaluates it, calls its `prepare()`, and writes OUTPUT: its own file, with the region of heap.h as
 * initialized data. The binary is linked to fixed addresses, so every pointer in it, to code too, is as good in the next process.
 */
#ifndef RUNT_IMAGE_H
#define RUNT_IMAGE_H

/* Makes the final binary. Returns the exit code. */
int image_make(int argc, char **argv);

/* Compiles and evaluates the program for this process alone: what a start is without an image, and slow. */
void image_evaluate(const char *path);

#endif
