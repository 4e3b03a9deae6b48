/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* attached.c: two programs that count the UDP packets to port 9 they see, each in its own row. */
#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

static int look(struct __sk_buff *skb, __u32 row)
{
	__u64 *count = bpf_map_lookup_elem(&seen, &row);
	__u8 protocol = 0;
	__u16 port = 0;

	bpf_skb_load_bytes(skb, 23, &protocol, sizeof(protocol));
	bpf_skb_load_bytes(skb, 36, &port, sizeof(port));
	if (count && skb->protocol == bpf_htons(0x0800) && protocol == 17 && port == bpf_htons(9))
		__sync_fetch_and_add(count, 1);
	return -1;
}

SEC("tc")
int first(struct __sk_buff *skb)
{
	return look(skb, 0);
}

SEC("tc")
int second(struct __sk_buff *skb)
{
	return look(skb, 1);
}

char _license[] SEC("license") = "Dual BSD/GPL";
