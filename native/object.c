/* SPDX-License-Identifier: Apache-2.0 */
/* object.c: BPF object files: open, configure, load. */
#include "shim.h"

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

struct strait_object {
	struct bpf_object *object;
	void *bytes; /* libbpf may look at the file until the object is loaded */
};

int strait_object_open(const void *bytes, uint32_t size, const char *name, uint64_t *out)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = name);
	struct strait_object *handle = calloc(1, sizeof(*handle));
	int err;

	strait_log_begin();
	if (!handle)
		return -ENOMEM;
	handle->bytes = malloc(size ? size : 1);
	if (!handle->bytes) {
		free(handle);
		return -ENOMEM;
	}
	memcpy(handle->bytes, bytes, size);
	handle->object = bpf_object__open_mem(handle->bytes, size, &opts);
	if (!handle->object) {
		err = -errno;
		free(handle->bytes);
		free(handle);
		return err;
	}
	*out = (uint64_t)(uintptr_t)handle;
	return 0;
}

void strait_object_close(struct strait_object *handle)
{
	bpf_object__close(handle->object);
	free(handle->bytes);
	free(handle);
}

static int put_name(char *out, uint32_t size, uint32_t *at, const char *name)
{
	size_t length = strlen(name) + 1;

	if (*at + length > size)
		return -ENOSPC;
	memcpy(out + *at, name, length);
	*at += length;
	return 0;
}

/* Names of all programs, each with its NUL, one after the other. Returns the bytes written. */
int strait_object_programs(struct strait_object *handle, char *out, uint32_t size)
{
	struct bpf_program *program;
	uint32_t at = 0;

	bpf_object__for_each_program(program,
				     handle->object) if (put_name(out, size, &at, bpf_program__name(program))) return -ENOSPC;
	return (int)at;
}

/* Names of all maps; those libbpf makes for sections (.rodata, .bss) are left out unless internal is 1. */
int strait_object_maps(struct strait_object *handle, char *out, uint32_t size, int internal)
{
	struct bpf_map *map;
	uint32_t at = 0;

	bpf_object__for_each_map(map, handle->object)
	{
		if (!internal && bpf_map__is_internal(map))
			continue;
		if (put_name(out, size, &at, bpf_map__name(map)))
			return -ENOSPC;
	}
	return (int)at;
}

/* Finds a `const volatile` scalar in .rodata by name: out = { offset, size, 1 if signed }. */
int strait_object_config(struct strait_object *handle, const char *name, uint32_t *out)
{
	const struct btf *btf = bpf_object__btf(handle->object);
	const struct btf_type *section, *type;
	const struct btf_var_secinfo *info;
	int id, i;

	if (!btf)
		return -ENOENT;
	id = btf__find_by_name_kind(btf, ".rodata", BTF_KIND_DATASEC);
	if (id < 0)
		return -ENOENT;
	section = btf__type_by_id(btf, id);
	info = btf_var_secinfos(section);
	for (i = 0; i < btf_vlen(section); i++, info++) {
		type = btf__type_by_id(btf, info->type);
		if (strcmp(btf__name_by_offset(btf, type->name_off), name))
			continue;
		id = btf__resolve_type(btf, type->type);
		if (id < 0)
			return id;
		type = btf__type_by_id(btf, id);
		/* btf__resolve_type stops at the first type with a size, seen through typedef, const and volatile. */
		if (!btf_is_int(type) && !btf_is_any_enum(type))
			return -EINVAL;
		out[0] = info->offset;
		out[1] = info->size;
		out[2] = btf_is_int(type) ? !!(btf_int_encoding(type) & BTF_INT_SIGNED) : btf_kflag(type);
		return 0;
	}
	return -ENOENT;
}

/* Writes to .rodata before the load freezes it. */
int strait_object_configure(struct strait_object *handle, uint32_t offset, const void *bytes, uint32_t size)
{
	struct bpf_map *map = bpf_object__find_map_by_name(handle->object, ".rodata");
	size_t room;
	char *data;

	if (!map)
		return -ENOENT;
	/* Until the load this is libbpf's own copy and ours to change; libbpf 1.1 declares it const, later ones do not. */
	data = (char *)bpf_map__initial_value(map, &room);
	if (!data)
		return -ENOENT;
	if (offset > room || size > room - offset)
		return -ERANGE;
	memcpy(data + offset, bytes, size);
	return 0;
}

int strait_object_set_max_entries(struct strait_object *handle, const char *name, uint32_t entries)
{
	struct bpf_map *map = bpf_object__find_map_by_name(handle->object, name);

	return map ? bpf_map__set_max_entries(map, entries) : -ENOENT;
}

/* With a pin path, load takes the map found there if it has the same shape, and pins a new one otherwise. */
int strait_object_set_pin(struct strait_object *handle, const char *name, const char *path)
{
	struct bpf_map *map = bpf_object__find_map_by_name(handle->object, name);

	return map ? bpf_map__set_pin_path(map, path) : -ENOENT;
}

/* 1: load gets this program to the kernel; 0: leaves it out. */
int strait_object_set_autoload(struct strait_object *handle, const char *name, int load)
{
	struct bpf_program *program = bpf_object__find_program_by_name(handle->object, name);

	return program ? bpf_program__set_autoload(program, load) : -ENOENT;
}

/* What the file declares of a map: { type, key size, value size, max_entries, flags }. */
int strait_object_map_shape(struct strait_object *handle, const char *name, uint32_t *out)
{
	struct bpf_map *map = bpf_object__find_map_by_name(handle->object, name);

	if (!map)
		return -ENOENT;
	out[0] = bpf_map__type(map);
	out[1] = bpf_map__key_size(map);
	out[2] = bpf_map__value_size(map);
	out[3] = bpf_map__max_entries(map);
	out[4] = bpf_map__map_flags(map);
	return 0;
}

/* The map takes the shape of what the descriptor is: whoever calls compares first. */
int strait_object_reuse(struct strait_object *handle, const char *name, int fd)
{
	struct bpf_map *map = bpf_object__find_map_by_name(handle->object, name);

	return map ? bpf_map__reuse_fd(map, fd) : -ENOENT;
}

int strait_object_load(struct strait_object *handle)
{
	strait_log_begin();
	return bpf_object__load(handle->object);
}

static int own_fd(int fd)
{
	int copy;

	if (fd < 0)
		return fd;
	copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return copy < 0 ? -errno : copy;
}

/* A descriptor of the caller's own for a loaded program or map. */
int strait_object_program_fd(struct strait_object *handle, const char *name)
{
	struct bpf_program *program = bpf_object__find_program_by_name(handle->object, name);

	return program ? own_fd(bpf_program__fd(program)) : -ENOENT;
}

int strait_object_map_fd(struct strait_object *handle, const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(handle->object, name);

	return map ? own_fd(bpf_map__fd(map)) : -ENOENT;
}
