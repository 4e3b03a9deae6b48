/* SPDX-License-Identifier: Apache-2.0 */
/* system.c: the few plain system calls libs/ffi needs. */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef BPF_FS_MAGIC
#define BPF_FS_MAGIC 0xcafe4a11
#endif

int strait_close(int fd)
{
	return close(fd) ? -errno : 0;
}

/* 1 if path lies on a bpffs. */
int strait_is_bpffs(const char *path)
{
	struct statfs info;

	if (statfs(path, &info))
		return -errno;
	return (uint32_t)info.f_type == BPF_FS_MAGIC;
}

/* Opens a file or directory and takes its advisory lock; the lock goes with the descriptor. -EWOULDBLOCK if taken. */
int strait_lock(const char *path, int create)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | (create ? O_CREAT : 0), 0644);
	int err;

	if (fd < 0)
		return -errno;
	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno == EINTR)
			continue;
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/* A second descriptor for the same open file, with a life of its own. */
int strait_duplicate(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	return copy < 0 ? -errno : copy;
}

int strait_require(int fd, const char *kind)
{
	char path[64], target[64] = "", wanted[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	snprintf(wanted, sizeof(wanted), "anon_inode:%s", kind);
	if (readlink(path, target, sizeof(target) - 1) < 0)
		return -errno;
	return strcmp(target, wanted) ? -EINVAL : 0;
}
