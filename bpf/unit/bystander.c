/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* bystander.c: somebody else's programs at the same interfaces: each counts what it sees and lets it pass. */
#include <stddef.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

static __always_inline int count(__u32 key)
{
	__u64 *packets = bpf_map_lookup_elem(&seen, &key);

	if (packets)
		__sync_fetch_and_add(packets, 1);
	/* TCX_NEXT and, to clsact, "whatever comes next". */
	return TC_ACT_UNSPEC;
}

SEC("tc")
int bystander_tcx(struct __sk_buff *skb)
{
	(void)skb;
	return count(0);
}

SEC("tc")
int bystander_clsact(struct __sk_buff *skb)
{
	(void)skb;
	return count(1);
}

char _license[] SEC("license") = "Dual BSD/GPL";
