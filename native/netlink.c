/* SPDX-License-Identifier: Apache-2.0 */
/* netlink.c: AF_NETLINK sockets. Messages are built and read in TypeScript (libs/netlink). */
#include "shim.h"

#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RECEIVE_BUFFER (4 << 20) /* a burst of notifications must not be lost while JavaScript is busy */

/* A socket of this protocol that is a member of the groups (RTNLGRP_* numbers, not the old bit mask). */
int strait_netlink_open(int protocol, const uint32_t *groups, uint32_t count)
{
	struct sockaddr_nl self = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
	int on = 1, size = RECEIVE_BUFFER, err;
	uint32_t i;

	if (fd < 0)
		return -errno;
	/* Error texts, and refusal of dump filters that are not understood; a kernel without them is served all the same. */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&self, sizeof(self)))
		goto fail;
	for (i = 0; i < count; i++)
		if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i], sizeof(groups[i])))
			goto fail;
	return fd;
fail:
	err = -errno;
	close(fd);
	return err;
}

/* The port id the kernel gave this socket. */
int strait_netlink_port(int fd, uint32_t *port)
{
	struct sockaddr_nl self;
	socklen_t size = sizeof(self);

	if (getsockname(fd, (struct sockaddr *)&self, &size))
		return -errno;
	*port = self.nl_pid;
	return 0;
}

/* Sends one datagram to the kernel. */
int strait_netlink_send(int fd, const void *bytes, uint32_t length)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	ssize_t sent;

	do
		sent = sendto(fd, bytes, length, 0, (struct sockaddr *)&kernel, sizeof(kernel));
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : (int)sent;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Receives one datagram from the kernel, waiting up to timeout_ms for it (0: not at all). Returns its length; -EAGAIN if
 * none came; -EMSGSIZE if it is longer than room, in which case it stays; -ENOBUFS if the socket overran.
 */
int strait_netlink_receive(int fd, void *out, uint32_t room, int timeout_ms)
{
	int64_t deadline = now_ms() + timeout_ms;

	for (;;) {
		struct sockaddr_nl from;
		socklen_t size = sizeof(from);
		ssize_t length = recvfrom(fd, NULL, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT, NULL, NULL);

		if (length > (ssize_t)room)
			return -EMSGSIZE;
		if (length >= 0)
			length = recvfrom(fd, out, room, MSG_DONTWAIT, (struct sockaddr *)&from, &size);
		if (length >= 0 && from.nl_pid == 0)
			return (int)length;
		if (length >= 0 || errno == EINTR)
			continue; /* another process may send to us: not our business */
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return -errno;

		struct pollfd wait = { .fd = fd, .events = POLLIN };
		int64_t left = deadline - now_ms();

		if (left <= 0)
			return -EAGAIN;
		if (poll(&wait, 1, (int)left) < 0 && errno != EINTR)
			return -errno;
	}
}
