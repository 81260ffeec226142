/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file system that behaves like resctrl, for machines whose processor has no Resource Director Technology: groups are made by
 * mkdir(2) with their files in them, a process is in one group and in one monitoring group, and a line of schemata replaces that
 * of its resource. What changes is printed, a line each. Documentation/arch/x86/resctrl.rst; the protocol is that of linux/fuse.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "resctrl.h"

#define MAX_NODES 128
#define TEXT_SIZE 1024

/* Numbers of nodes are their places, and 1 is the root, as the protocol has it. */
static struct node {
	unsigned parent; /* 0: no node */
	char name[64];
	int directory;
	char text[TEXT_SIZE];
} nodes[MAX_NODES];

static int groups_left;

static unsigned find(unsigned parent, const char *name)
{
	for (unsigned i = 1; i < MAX_NODES; i++)
		if (nodes[i].parent == parent && i != FUSE_ROOT_ID && !strcmp(nodes[i].name, name))
			return i;
	return 0;
}

static unsigned add(unsigned parent, const char *name, int directory, const char *text)
{
	for (unsigned i = FUSE_ROOT_ID; i < MAX_NODES; i++) {
		if (nodes[i].parent)
			continue;
		nodes[i].parent = parent;
		nodes[i].directory = directory;
		snprintf(nodes[i].name, sizeof(nodes[i].name), "%s", name);
		snprintf(nodes[i].text, sizeof(nodes[i].text), "%s", text);
		return i;
	}
	return 0;
}

static void remove_tree(unsigned node)
{
	for (unsigned i = 1; i < MAX_NODES; i++)
		if (nodes[i].parent == node && i != node)
			remove_tree(i);
	nodes[node].parent = 0;
}

/* "/" for the root, "/group/mon_groups/name" for what is below. */
static const char *path_of(unsigned node)
{
	static char path[512];
	char *start = path + sizeof(path) - 1;

	for (; node != FUSE_ROOT_ID; node = nodes[node].parent) {
		start -= strlen(nodes[node].name) + 1;
		*start = '/';
		memcpy(start + 1, nodes[node].name, strlen(nodes[node].name));
	}
	return *start ? start : "/";
}

static int is_monitor(unsigned group)
{
	return group != FUSE_ROOT_ID && !strcmp(nodes[nodes[group].parent].name, "mon_groups");
}

static void fill_group(unsigned group, int monitor)
{
	add(group, "tasks", 0, "");
	if (monitor)
		return;
	add(group, "schemata", 0, "    MB:0=100\n    L3:0=fff\n");
	add(group, "mon_groups", 1, "");
}

static int make_group(unsigned parent, const char *name)
{
	int monitor = !strcmp(nodes[parent].name, "mon_groups");

	if (parent != FUSE_ROOT_ID && !monitor)
		return -EPERM;
	if (find(parent, name))
		return -EEXIST;
	if (groups_left-- <= 0)
		return -ENOSPC;
	unsigned group = add(parent, name, 1, "");
	if (!group)
		return -ENOSPC;
	fill_group(group, monitor);
	printf("mkdir %s\n", path_of(group));
	return (int)group;
}

/* A process leaves the group, or monitoring group, that it was in. */
static int move_task(unsigned group, const char *pid)
{
	char line[64];

	if (atoi(pid) <= 0 || kill(atoi(pid), 0))
		return -ESRCH;
	snprintf(line, sizeof(line), "%d\n", atoi(pid));
	for (unsigned i = 1; i < MAX_NODES; i++) {
		char *at = nodes[i].parent && !strcmp(nodes[i].name, "tasks") && is_monitor(nodes[i].parent) == is_monitor(group)
				   ? strstr(nodes[i].text, line) : NULL;
		if (at)
			memmove(at, at + strlen(line), strlen(at + strlen(line)) + 1);
	}
	strncat(nodes[find(group, "tasks")].text, line, TEXT_SIZE - 1 - strlen(nodes[find(group, "tasks")].text));
	printf("task %s %d\n", path_of(group), atoi(pid));
	return 0;
}

/* Processes that have ended are in no group. */
static void forget_dead(struct node *tasks)
{
	char alive[TEXT_SIZE] = "", *next = NULL;

	for (char *pid = strtok_r(tasks->text, "\n", &next); pid; pid = strtok_r(NULL, "\n", &next))
		if (!kill(atoi(pid), 0))
			snprintf(alive + strlen(alive), sizeof(alive) - strlen(alive), "%s\n", pid);
	strcpy(tasks->text, alive);
}

static int set_schema(unsigned group, char *line)
{
	struct node *file = &nodes[find(group, "schemata")];
	char rest[TEXT_SIZE] = "", *next = NULL, *colon = strchr(line, ':');

	line[strcspn(line, "\n")] = 0;
	if (!colon || (strncmp(line, "L3:", 3) && strncmp(line, "MB:", 3)))
		return -EINVAL;
	printf("schema %s %s\n", path_of(group), line);
	for (char *old = strtok_r(file->text, "\n", &next); old; old = strtok_r(NULL, "\n", &next)) {
		const char *word = old + strspn(old, " ");
		if (strncmp(word, line, colon - line + 1))
			snprintf(rest + strlen(rest), sizeof(rest) - strlen(rest), "%s\n", old);
	}
	snprintf(file->text, sizeof(file->text), "    %.200s\n%.700s", line, rest);
	return 0;
}

static int write_file(unsigned node, char *text)
{
	if (!strcmp(nodes[node].name, "tasks"))
		return move_task(nodes[node].parent, text);
	return strcmp(nodes[node].name, "schemata") ? -EPERM : set_schema(nodes[node].parent, text);
}

static void attributes(unsigned node, struct fuse_attr *attr)
{
	*attr = (struct fuse_attr){ .ino = node, .nlink = 1, .blksize = 4096,
				    .mode = nodes[node].directory ? S_IFDIR | 0755 : S_IFREG | 0644 };
}

static size_t list(unsigned node, unsigned long long offset, char *out, size_t size)
{
	size_t used = 0;

	for (unsigned i = offset + 1; i < MAX_NODES; i++) {
		struct fuse_dirent *entry = (struct fuse_dirent *)(out + used);
		size_t length = strlen(nodes[i].name), whole = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + length);

		if (nodes[i].parent != node || i == FUSE_ROOT_ID)
			continue;
		if (used + whole > size)
			break;
		memset(entry, 0, whole);
		*entry = (struct fuse_dirent){ .ino = i, .off = i, .namelen = length, .type = nodes[i].directory ? 4 : 8 };
		memcpy(entry->name, nodes[i].name, length);
		used += whole;
	}
	return used;
}

/* Answers one request: fills `out` and returns its size, or a negative errno. */
static int answer(struct fuse_in_header *request, char *in, char *out)
{
	unsigned node = request->nodeid;
	struct fuse_entry_out *entry = (struct fuse_entry_out *)out;
	int found;

	switch (request->opcode) {
	case FUSE_INIT:
		*(struct fuse_init_out *)out = (struct fuse_init_out){ .major = FUSE_KERNEL_VERSION, .minor = 31,
								       .max_readahead = 4096, .max_write = 4096 };
		return sizeof(struct fuse_init_out);
	case FUSE_LOOKUP:
	case FUSE_MKDIR:
		found = request->opcode == FUSE_LOOKUP ? (int)find(node, in)
						       : make_group(node, in + sizeof(struct fuse_mkdir_in));
		if (found <= 0)
			return found ? found : -ENOENT;
		*entry = (struct fuse_entry_out){ .nodeid = found };
		attributes(found, &entry->attr);
		return sizeof(*entry);
	case FUSE_RMDIR:
		found = (int)find(node, in);
		if (!found || !find(found, "tasks"))
			return found ? -EPERM : -ENOENT;
		printf("rmdir %s\n", path_of(found));
		groups_left++;
		remove_tree(found);
		return 0;
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		*(struct fuse_attr_out *)out = (struct fuse_attr_out){ 0 };
		attributes(node, &((struct fuse_attr_out *)out)->attr);
		return sizeof(struct fuse_attr_out);
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		*(struct fuse_open_out *)out = (struct fuse_open_out){ .open_flags = FOPEN_DIRECT_IO };
		return sizeof(struct fuse_open_out);
	case FUSE_READ: {
		struct fuse_read_in *read = (struct fuse_read_in *)in;
		if (!read->offset && !strcmp(nodes[node].name, "tasks"))
			forget_dead(&nodes[node]);
		size_t length = strlen(nodes[node].text), left = read->offset < length ? length - read->offset : 0;
		memcpy(out, nodes[node].text + read->offset, left);
		return left < read->size ? (int)left : (int)read->size;
	}
	case FUSE_READDIR:
		return list(node, ((struct fuse_read_in *)in)->offset, out, ((struct fuse_read_in *)in)->size);
	case FUSE_WRITE: {
		struct fuse_write_in *written = (struct fuse_write_in *)in;
		char text[TEXT_SIZE] = "";
		memcpy(text, in + sizeof(*written), written->size < TEXT_SIZE - 1 ? written->size : TEXT_SIZE - 1);
		found = write_file(node, text);
		*(struct fuse_write_out *)out = (struct fuse_write_out){ .size = written->size };
		return found < 0 ? found : (int)sizeof(struct fuse_write_out);
	}
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
		return 0;
	default:
		return -ENOSYS;
	}
}

int resctrl(int argc, char **argv)
{
	static char in[FUSE_MIN_READ_BUFFER + 8192], out[sizeof(struct fuse_out_header) + 8192];
	struct fuse_in_header *request = (struct fuse_in_header *)in;
	struct fuse_out_header *reply = (struct fuse_out_header *)out;
	char options[128];
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	groups_left = argc > 1 ? atoi(argv[1]) : 16;
	fill_group(add(FUSE_ROOT_ID, "", 1, ""), 0);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
	if (fd < 0 || mount("resctrl", argv[0], "fuse", MS_NOSUID | MS_NODEV | MS_NOEXEC, options)) {
		perror("agent: resctrl");
		return 1;
	}
	printf("mounted\n");
	while (read(fd, in, sizeof(in)) > 0) {
		if (request->opcode == FUSE_FORGET || request->opcode == FUSE_BATCH_FORGET || request->opcode == FUSE_INTERRUPT)
			continue;
		int size = answer(request, in + sizeof(*request), out + sizeof(*reply));
		*reply = (struct fuse_out_header){ .len = sizeof(*reply) + (size > 0 ? size : 0), .error = size < 0 ? size : 0,
						   .unique = request->unique };
		if (write(fd, out, reply->len) < 0 && errno != ENOENT)
			perror("agent: resctrl");
	}
	return 0;
}
