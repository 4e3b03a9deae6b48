/* SPDX-License-Identifier: Apache-2.0 */
/* ring.c: draining a BPF ring buffer. Records are gathered here first, since libbpf forgets a record its callback saw. */
#include "shim.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ENOUGH (1 << 20) /* stop a drain here, so that a busy producer cannot keep us in it */

struct strait_ring {
	struct ring_buffer *ring;
	char *records; /* each: u32 length, then so many bytes */
	size_t used, room;
};

static int keep(void *context, void *data, size_t size)
{
	struct strait_ring *handle = context;
	size_t wanted = handle->used + sizeof(uint32_t) + size;
	uint32_t length = (uint32_t)size;

	if (wanted > handle->room) {
		char *grown = realloc(handle->records, 2 * wanted);

		if (!grown)
			return -ENOMEM;
		handle->records = grown;
		handle->room = 2 * wanted;
	}
	memcpy(handle->records + handle->used, &length, sizeof(length));
	memcpy(handle->records + handle->used + sizeof(length), data, size);
	handle->used = wanted;
	return handle->used >= ENOUGH ? -EXFULL : 0;
}

int strait_ring_open(int map_fd, uint64_t *out)
{
	struct strait_ring *handle = calloc(1, sizeof(*handle));
	int err;

	strait_log_begin();
	if (!handle)
		return -ENOMEM;
	handle->ring = ring_buffer__new(map_fd, keep, handle, NULL);
	if (!handle->ring) {
		err = -errno;
		free(handle);
		return err;
	}
	*out = (uint64_t)(uintptr_t)handle;
	return 0;
}

void strait_ring_close(struct strait_ring *handle)
{
	ring_buffer__free(handle->ring);
	free(handle->records);
	free(handle);
}

/* Gathers what is in the ring. Returns the bytes that strait_ring_take will give. */
int strait_ring_drain(struct strait_ring *handle)
{
	int err = ring_buffer__consume(handle->ring);

	return err < 0 && err != -EXFULL ? err : (int)handle->used;
}

void strait_ring_take(struct strait_ring *handle, void *out, uint32_t room)
{
	memcpy(out, handle->records, handle->used < room ? handle->used : room);
	handle->used = 0;
}
