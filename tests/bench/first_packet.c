/* SPDX-License-Identifier: Apache-2.0 */
/* first_packet.c: when a new pod reaches a pod of another cluster, for tests/bench.
 *
 *   first_packet serve PORT                answers every datagram with the same; prints those that are reports
 *   first_packet ask ADDRESS PORT NAME     sends a datagram each millisecond until one is answered, then a report of it, and waits for SIGTERM
 *
 * A report is one JSON object: the name, and in nanoseconds of CLOCK_MONOTONIC, which all namespaces of a machine share, when the program
 * started and when the first answer was there.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LONGEST 512
#define BETWEEN_MS 1
#define LIMIT_NS (60 * 1000000000LL)

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int fail(const char *what)
{
	fprintf(stderr, "first_packet: %s: %s\n", what, strerror(errno));
	return 1;
}

static int serve(uint16_t port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(port) }, from;
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0), off = 0;
	char data[LONGEST];

	if (fd < 0 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) ||
	    bind(fd, (struct sockaddr *)&any, sizeof(any)))
		return fail("listen");
	puts("{\"ready\":true}");
	fflush(stdout);
	for (;;) {
		socklen_t length = sizeof(from);
		ssize_t n = recvfrom(fd, data, sizeof(data), 0, (struct sockaddr *)&from, &length);

		if (n <= 0)
			continue;
		sendto(fd, data, (size_t)n, 0, (struct sockaddr *)&from, length);
		if (data[0] != '{')
			continue;
		fwrite(data, 1, (size_t)n, stdout);
		putchar('\n');
		fflush(stdout);
	}
}

/* Sends until the same comes back; 0 where it never does. What the network says against it is no reason to end: it is not there yet. */
static int exchange(int fd, const char *data, size_t size, int64_t until)
{
	char answer[LONGEST];

	while (now_ns() < until) {
		struct pollfd in = { .fd = fd, .events = POLLIN };

		send(fd, data, size, 0);
		if (poll(&in, 1, BETWEEN_MS) <= 0)
			continue;
		for (ssize_t n; (n = recv(fd, answer, sizeof(answer), MSG_DONTWAIT)) >= 0;)
			if ((size_t)n == size && !memcmp(answer, data, size))
				return 1;
	}
	return 0;
}

/* As the first process of a pod it would otherwise not be ended by a signal. */
static void end(int signal)
{
	_exit(signal == SIGTERM ? 0 : 1);
}

static int ask(const char *address, const char *port, const char *name)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = v4.sin_port };
	int is_v6 = inet_pton(AF_INET6, address, &v6.sin6_addr) == 1;
	const struct sockaddr *to = is_v6 ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4;
	int64_t started = now_ns(), until = started + LIMIT_NS, answered;
	char report[LONGEST];
	int fd, size;

	signal(SIGTERM, end);
	if (!is_v6 && inet_pton(AF_INET, address, &v4.sin_addr) != 1)
		return fail("address");
	fd = socket(to->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail("socket");
	while (connect(fd, to, is_v6 ? sizeof(v6) : sizeof(v4))) {
		if (now_ns() > until)
			return fail("connect");
		usleep(BETWEEN_MS * 1000);
	}
	if (!exchange(fd, "?", 1, until))
		return fail("no answer");
	answered = now_ns();
	size = snprintf(report, sizeof(report), "{\"name\":\"%s\",\"started\":%lld,\"answered\":%lld}", name, (long long)started,
			(long long)answered);
	if (!exchange(fd, report, (size_t)size, until))
		return fail("no answer to the report");
	/* The pod stays as it is until it is looked at and deleted. */
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "serve"))
		return serve((uint16_t)atoi(argv[2]));
	if (argc == 5 && !strcmp(argv[1], "ask"))
		return ask(argv[2], argv[3], argv[4]);
	fputs("usage: first_packet serve PORT | ask ADDRESS PORT NAME\n", stderr);
	return 2;
}
