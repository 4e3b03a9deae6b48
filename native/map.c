/* SPDX-License-Identifier: Apache-2.0 */
/* map.c: BPF maps by file descriptor. */
#include "shim.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#define ENOTSUPP 524 /* the kernel's own "this map type has no such operation"; not in errno.h */

/* The shape of a map as libs/ffi reads it. */
struct strait_map_info {
	uint32_t id, type, key_size, value_size, max_entries, flags;
	char name[16];
};

int strait_map_info(int fd, struct strait_map_info *out)
{
	struct bpf_map_info info = {};
	uint32_t size = sizeof(info);
	int err = strait_require(fd, "bpf-map");

	if (!err)
		err = bpf_obj_get_info_by_fd(fd, &info, &size);
	if (err)
		return err;
	*out = (struct strait_map_info){
		info.id, info.type, info.key_size, info.value_size, info.max_entries, info.map_flags, {}
	};
	memcpy(out->name, info.name, sizeof(out->name));
	return 0;
}

int strait_map_by_id(uint32_t id)
{
	return bpf_map_get_fd_by_id(id);
}

int strait_cpus(void)
{
	return libbpf_num_possible_cpus();
}

int strait_map_lookup(int fd, const void *key, void *value)
{
	return bpf_map_lookup_elem(fd, key, value);
}

int strait_map_update(int fd, const void *key, const void *value, uint64_t flags)
{
	return bpf_map_update_elem(fd, key, value, flags);
}

int strait_map_delete(int fd, const void *key)
{
	return bpf_map_delete_elem(fd, key);
}

/* Puts count rows. Returns how many were written, or -errno of the first that failed. */
int strait_map_update_many(int fd, const char *keys, const char *values, uint32_t count, uint32_t key_size, uint32_t value_size)
{
	uint32_t done = count, i;
	int err = bpf_map_update_batch(fd, keys, values, &done, NULL);

	/* A map type without batches, or a kernel that lacks them for this type: one at a time, same result. */
	if (err != -ENOTSUPP && err != -EINVAL && err != -EOPNOTSUPP)
		return err ? err : (int)done;
	for (i = 0; i < count; i++) {
		err = bpf_map_update_elem(fd, keys + (size_t)i * key_size, values + (size_t)i * value_size, BPF_ANY);
		if (err)
			return err;
	}
	return (int)count;
}

/* Removes rows; a key that is not there is no error. Returns how many were there. */
int strait_map_delete_many(int fd, const char *keys, uint32_t count, uint32_t key_size)
{
	uint32_t i;
	int gone = 0, err;

	/* Not BPF_MAP_DELETE_BATCH: it stops at the first missing key and cannot say which were there. */
	for (i = 0; i < count; i++) {
		err = bpf_map_delete_elem(fd, keys + (size_t)i * key_size);
		if (!err)
			gone++;
		else if (err != -ENOENT)
			return err;
	}
	return gone;
}

/* Copies up to room rows that follow *cursor (the first ones if started is 0) and moves the cursor.
 * A row that vanishes meanwhile is skipped. out = { rows copied, 1 at the end of the map }.
 */
int strait_map_scan(int fd, char *cursor, int started, char *keys, char *values, uint32_t room, uint32_t key_size,
		    uint32_t value_size, uint32_t *out)
{
	uint32_t copied = 0;
	int err;

	out[1] = 0;
	while (copied < room) {
		char *key = keys + (size_t)copied * key_size;

		err = bpf_map_get_next_key(fd, started ? cursor : NULL, key);
		if (err == -ENOENT) {
			out[1] = 1;
			break;
		}
		if (err)
			return err;
		memcpy(cursor, key, key_size);
		started = 1;
		err = bpf_map_lookup_elem(fd, key, values + (size_t)copied * value_size);
		if (err && err != -ENOENT)
			return err;
		if (!err)
			copied++;
	}
	out[0] = copied;
	return 0;
}

/* One round of BPF_MAP_LOOKUP_BATCH. cursor holds the kernel's own position (16 bytes or a key, whichever is more).
 * out = { rows copied, 1 at the end of the map }. -ENOTSUPP or -EINVAL where the map type has no batches; -ENOSPC when
 * room is too small for one hash bucket.
 */
int strait_map_scan_batch(int fd, void *cursor, int started, void *keys, void *values, uint32_t room, uint32_t *out)
{
	uint32_t count = room;
	int err = bpf_map_lookup_batch(fd, started ? cursor : NULL, cursor, keys, values, &count, NULL);

	if (err && err != -ENOENT)
		return err;
	out[0] = count;
	out[1] = err == -ENOENT;
	return 0;
}

/* Pins any BPF object (map, program, link). */
int strait_pin(int fd, const char *path)
{
	return bpf_obj_pin(fd, path);
}

int strait_open_pinned(const char *path)
{
	return bpf_obj_get(path);
}
