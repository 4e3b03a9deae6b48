/* SPDX-License-Identifier: Apache-2.0 */
/* tc.c: programs at the ingress and egress of an interface: TCX links, and clsact filters where TCX is missing. */
#include "shim.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

/* Newer than the headers we may be compiled with (linux/bpf.h of 6.6). */
#define TCX_INGRESS 46
#define TCX_EGRESS 47

/* A filter with this handle and priority is ours: a fresh process finds it again by them. */
#define OUR_HANDLE 1
#define OUR_PRIORITY 1053

static enum bpf_attach_type tcx_type(int egress)
{
	return (enum bpf_attach_type)(egress ? TCX_EGRESS : TCX_INGRESS);
}

/* 1 if the kernel knows TCX, 0 if not. Asks about an interface that cannot be: a kernel with TCX misses the device. */
int strait_tcx_supported(void)
{
	uint32_t count = 0;
	int err = bpf_prog_query(0x7fffffff, tcx_type(0), 0, NULL, NULL, &count);

	return err == -ENODEV ? 1 : err == -EINVAL ? 0 : err;
}

/* Returns the descriptor of a new link. */
int strait_tcx_attach(int program_fd, int ifindex, int egress)
{
	return bpf_link_create(program_fd, ifindex, tcx_type(egress), NULL);
}

/* Ids of the programs attached by TCX, in the order they run. Returns how many there are. */
int strait_tcx_query(int ifindex, int egress, uint32_t *ids, uint32_t room)
{
	uint32_t count = room;
	int err = bpf_prog_query(ifindex, tcx_type(egress), 0, NULL, ids, &count);

	return err ? err : (int)count;
}

static struct bpf_tc_hook hook_of(int ifindex, int egress)
{
	struct bpf_tc_hook hook;

	memset(&hook, 0, sizeof(hook));
	hook.sz = sizeof(hook);
	hook.ifindex = ifindex;
	hook.attach_point = egress ? BPF_TC_EGRESS : BPF_TC_INGRESS;
	return hook;
}

/* Puts our filter there, or swaps the program of the one that is there; packets see the old or the new one. */
int strait_clsact_attach(int program_fd, int ifindex, int egress)
{
	struct bpf_tc_hook hook = hook_of(ifindex, egress);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = program_fd, .handle = OUR_HANDLE, .priority = OUR_PRIORITY,
		    .flags = BPF_TC_F_REPLACE);
	int err;

	strait_log_begin();
	err = bpf_tc_hook_create(&hook);
	if (err && err != -EEXIST)
		return err;
	strait_log_begin(); /* that the qdisc was there already is no news */
	return bpf_tc_attach(&hook, &opts);
}

int strait_clsact_detach(int ifindex, int egress)
{
	struct bpf_tc_hook hook = hook_of(ifindex, egress);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = OUR_HANDLE, .priority = OUR_PRIORITY);

	strait_log_begin();
	return bpf_tc_detach(&hook, &opts);
}

/* Id of the program in our filter; -ENOENT if we have none there. */
int strait_clsact_query(int ifindex, int egress, uint32_t *id)
{
	struct bpf_tc_hook hook = hook_of(ifindex, egress);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = OUR_HANDLE, .priority = OUR_PRIORITY);
	int err;

	strait_log_begin();
	err = bpf_tc_query(&hook, &opts);
	if (err)
		return err;
	*id = opts.prog_id;
	return 0;
}
