/* SPDX-License-Identifier: Apache-2.0 */
/* rr.c: TCP request/response over one connection, for tests/bench.
 *
 *   rr serve PORT                          answers every request; says "ready" on stdout once it listens
 *   rr ask ADDRESS PORT SECONDS WARMUP     asks for WARMUP + SECONDS, prints one JSON object about the latter part
 *   rr spin CPU                            keeps a core from sleeping, at the lowest priority, until it is killed or its parent ends
 *
 * Request and answer are 64 bytes each, TCP_NODELAY, the next request follows the answer. Times are kept in buckets of 0.1 us, so a percentile
 * is exact to that; what took longer than the last bucket counts as the last bucket.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SIZE 64
#define BUCKET_NS 100
#define BUCKETS 1000000 /* up to 100 ms */

static uint32_t histogram[BUCKETS];

static int fail(const char *what)
{
	fprintf(stderr, "rr: %s: %s\n", what, strerror(errno));
	return 1;
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Moves all SIZE bytes; 0 where the other end is gone. */
static int send_all(int fd, const char *data)
{
	for (size_t done = 0; done < SIZE;) {
		ssize_t n = send(fd, data + done, SIZE - done, MSG_NOSIGNAL);

		if (n <= 0)
			return 0;
		done += (size_t)n;
	}
	return 1;
}

static int receive_all(int fd, char *data)
{
	for (size_t done = 0; done < SIZE;) {
		ssize_t n = recv(fd, data + done, SIZE - done, 0);

		if (n <= 0)
			return 0;
		done += (size_t)n;
	}
	return 1;
}

static void no_delay(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

/* One client after the other, of either family. */
static int serve(uint16_t port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1, off = 0;
	char data[SIZE];

	if (listener < 0)
		return fail("socket");
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(listener, (struct sockaddr *)&any, sizeof(any)) || listen(listener, 8))
		return fail("listen");
	puts("ready");
	fflush(stdout);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			return fail("accept");
		no_delay(fd);
		while (receive_all(fd, data) && send_all(fd, data))
			;
		close(fd);
	}
}

static int connect_to(const char *address, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST }, *found;
	struct timeval limit = { .tv_sec = 5 };
	int fd;

	if (getaddrinfo(address, port, &hints, &found))
		return -1;
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (connect(fd, found->ai_addr, found->ai_addrlen)) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

/* The time in us that `share` of all answers did not exceed. */
static double percentile(uint64_t samples, double share)
{
	uint64_t rank = (uint64_t)((double)samples * share), seen = 0;

	for (size_t i = 0; i < BUCKETS; i++) {
		seen += histogram[i];
		if (seen > rank)
			return (double)(i + 1) * BUCKET_NS / 1000;
	}
	return (double)BUCKETS * BUCKET_NS / 1000;
}

static int ask(const char *address, const char *port, double seconds, double warmup)
{
	char data[SIZE] = { 0 };
	int fd = connect_to(address, port);
	int64_t begin, end, sent, answered;
	uint64_t samples = 0, all = 0;

	if (fd < 0)
		return fail("connect");
	no_delay(fd);
	begin = now_ns() + (int64_t)(warmup * 1e9);
	end = begin + (int64_t)(seconds * 1e9);
	do {
		uint64_t bucket;

		sent = now_ns();
		if (!send_all(fd, data) || !receive_all(fd, data))
			return fail("no answer");
		answered = now_ns();
		all++;
		if (sent < begin)
			continue;
		bucket = (uint64_t)(answered - sent) / BUCKET_NS;
		histogram[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
		samples++;
	} while (answered < end);
	close(fd);
	if (samples == 0) {
		fprintf(stderr, "rr: no answer came after the warm-up\n");
		return 1;
	}
	printf("{\"exchanges\":%llu,\"samples\":%llu,\"seconds\":%.3f,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f}\n",
	       (unsigned long long)all, (unsigned long long)samples, (double)(answered - begin) / 1e9, percentile(samples, 0.5),
	       percentile(samples, 0.9), percentile(samples, 0.99), percentile(samples, 0.999));
	return 0;
}

/* Whatever else is ready to run comes first (SCHED_IDLE, sched(7)). */
static int spin(int cpu)
{
	struct sched_param none = { 0 };
	cpu_set_t only;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	CPU_ZERO(&only);
	CPU_SET(cpu, &only);
	if (sched_setaffinity(0, sizeof(only), &only) || sched_setscheduler(0, SCHED_IDLE, &none))
		return fail("spin");
	for (;;)
		__asm__ volatile("");
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "serve"))
		return serve((uint16_t)atoi(argv[2]));
	if (argc == 6 && !strcmp(argv[1], "ask"))
		return ask(argv[2], argv[3], atof(argv[4]), atof(argv[5]));
	if (argc == 3 && !strcmp(argv[1], "spin"))
		return spin(atoi(argv[2]));
	fprintf(stderr, "usage: rr serve PORT | rr ask ADDRESS PORT SECONDS WARMUP | rr spin CPU\n");
	return 2;
}
