/* SPDX-License-Identifier: Apache-2.0 */
/* call NUMBER [ARGUMENT]: makes a system call by its number, with zeroes for the other arguments, and prints its errno. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	errno = 0;
	if (argc < 2)
		return 2;
	syscall(atol(argv[1]), argc > 2 ? strtol(argv[2], NULL, 0) : 0, 0, 0, 0, 0, 0);
	printf("%d\n", errno);
	return 0;
}
