/* SPDX-License-Identifier: Apache-2.0 */
/* program.c: loaded BPF programs by file descriptor. */
#include "shim.h"

#include <bpf/bpf.h>
#include <string.h>

/* What is known of a loaded program, as libs/ffi reads it. */
struct strait_program_info {
	uint64_t load_time; /* ns since boot */
	uint64_t run_time;  /* ns; 0 unless kernel.bpf_stats_enabled */
	uint64_t runs;
	uint32_t id, type, verified_instructions, translated_bytes, jited_bytes, maps;
	uint8_t tag[8];
	char name[16];
};

/* Writes the info and the ids of up to room maps; info.maps is how many there are. */
int strait_program_info(int fd, struct strait_program_info *out, uint32_t *map_ids, uint32_t room)
{
	struct bpf_prog_info info = { .map_ids = (uint64_t)(uintptr_t)map_ids, .nr_map_ids = room };
	uint32_t size = sizeof(info);
	int err = strait_require(fd, "bpf-prog");

	if (!err)
		err = bpf_obj_get_info_by_fd(fd, &info, &size);
	if (err)
		return err;
	*out = (struct strait_program_info){
		.load_time = info.load_time,
		.run_time = info.run_time_ns,
		.runs = info.run_cnt,
		.id = info.id,
		.type = info.type,
		.verified_instructions = info.verified_insns,
		.translated_bytes = info.xlated_prog_len,
		.jited_bytes = info.jited_prog_len,
		.maps = info.nr_map_ids,
	};
	memcpy(out->tag, info.tag, sizeof(out->tag));
	memcpy(out->name, info.name, sizeof(out->name));
	return 0;
}

int strait_program_by_id(uint32_t id)
{
	return bpf_prog_get_fd_by_id(id);
}

/* BPF_PROG_TEST_RUN. sizes in: { data_in, data_out room, ctx in and out }; out: { -, data_out, ctx_out }.
 * result = { return value, mean ns per run }.
 */
int strait_program_test_run(int fd, const void *data_in, void *data_out, const void *ctx_in, void *ctx_out, uint32_t *sizes,
			    uint32_t repeat, uint32_t *result)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = data_in, .data_size_in = sizes[0], .data_out = data_out,
		    .data_size_out = sizes[1], .ctx_in = ctx_in, .ctx_size_in = sizes[2], .ctx_out = ctx_out,
		    .ctx_size_out = sizes[2], .repeat = (int)repeat);
	int err = bpf_prog_test_run_opts(fd, &opts);

	sizes[1] = opts.data_size_out;
	sizes[2] = opts.ctx_size_out;
	result[0] = opts.retval;
	result[1] = opts.duration;
	return err;
}
