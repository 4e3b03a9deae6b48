/* SPDX-License-Identifier: Apache-2.0 */
/* icmp.c: raw ICMP sockets for echo requests. Messages are built and read in TypeScript (libs/dataplane). */
#define _GNU_SOURCE /* struct in6_pktinfo */
#include "shim.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/icmp6.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define ICMP_FILTER 1 /* linux/icmp.h, whose other names collide with those of netinet */
#define ECHO_REPLY 0

/* A socket of this IP version (4 or 6) that hears echo replies only. Never connected or bound, so that an ICMP error which
 * one target causes is not told to the others' sends.
 */
int strait_icmp_open(int version)
{
	int family = version == 6 ? AF_INET6 : AF_INET;
	int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, version == 6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	uint32_t blocked = ~(1u << ECHO_REPLY);
	struct icmp6_filter filter;
	int err;

	if (fd < 0)
		return -errno;
	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
	if (version == 6 ? !setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter))
			 : !setsockopt(fd, SOL_RAW, ICMP_FILTER, &blocked, sizeof(blocked)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* Sends one message to an address of 16 bytes (IPv4 in the last four). A source of all zeros and an ifindex of 0 leave the
 * choice to the kernel's routes. -EAGAIN if the queue is full.
 */
int strait_icmp_send(int fd, int version, const uint8_t *to, const uint8_t *from, int ifindex, const void *bytes, uint32_t length)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} control;
	struct sockaddr_in to4 = { .sin_family = AF_INET };
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6 };
	struct iovec part = { .iov_base = (void *)bytes, .iov_len = length };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control };
	struct cmsghdr *head = &control.align;
	ssize_t sent;

	memset(&control, 0, sizeof(control));
	if (version == 6) {
		struct in6_pktinfo info = { .ipi6_ifindex = ifindex };

		memcpy(&to6.sin6_addr, to, 16);
		memcpy(&info.ipi6_addr, from, 16);
		message.msg_name = &to6;
		message.msg_namelen = sizeof(to6);
		message.msg_controllen = CMSG_SPACE(sizeof(info));
		*head = (struct cmsghdr){ CMSG_LEN(sizeof(info)), IPPROTO_IPV6, IPV6_PKTINFO };
		memcpy(CMSG_DATA(head), &info, sizeof(info));
	} else {
		struct in_pktinfo info = { .ipi_ifindex = ifindex };

		memcpy(&to4.sin_addr, to + 12, 4);
		memcpy(&info.ipi_spec_dst, from + 12, 4);
		message.msg_name = &to4;
		message.msg_namelen = sizeof(to4);
		message.msg_controllen = CMSG_SPACE(sizeof(info));
		*head = (struct cmsghdr){ CMSG_LEN(sizeof(info)), IPPROTO_IP, IP_PKTINFO };
		memcpy(CMSG_DATA(head), &info, sizeof(info));
	}
	do
		sent = sendmsg(fd, &message, 0);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : (int)sent;
}
