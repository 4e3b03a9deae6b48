/* SPDX-License-Identifier: Apache-2.0 */
/* Puts Ethernet frames on an interface as they are: each read from stdin as a 16-bit big-endian length and its bytes, each answered by a
 * byte on stdout once the kernel has taken it. */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/socket.h>

static unsigned char frame[65536];

int main(int argc, char **argv)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = 6 };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	to.sll_ifindex = argc > 1 ? (int)if_nametoindex(argv[1]) : 0;
	if (fd < 0 || !to.sll_ifindex)
		return 1;
	for (;;) {
		size_t length;

		if (fread(frame, 1, 2, stdin) != 2)
			return 0;
		length = (size_t)frame[0] << 8 | frame[1];
		if (fread(frame, 1, length, stdin) != length)
			return 1;
		if (sendto(fd, frame, length, 0, (struct sockaddr *)&to, sizeof(to)) < 0) {
			perror("sendto");
			return 1;
		}
		putchar('.');
		fflush(stdout);
	}
}
