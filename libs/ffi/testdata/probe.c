/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* probe.c: programs and maps that the tests of libs/ffi exercise. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

enum colour {
	RED = 1,
	GREEN = 2
};

const volatile __u8 tiny = 1;
const volatile __s16 negative = -2;
const volatile __u32 word = 3;
const volatile __u64 wide = 4;
const volatile _Bool flag = 0;
const volatile enum colour colour = RED;
const volatile struct {
	__u32 inside;
} structure = { 1 };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} config_seen SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} rows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} per_cpu SEC(".maps");

struct lpm_key {
	__u32 prefix;
	__u8 bytes[4];
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 64);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct lpm_key);
	__type(value, __u32);
} prefixes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

static void see(__u32 index, __u64 value)
{
	bpf_map_update_elem(&config_seen, &index, &value, BPF_ANY);
}

SEC("tc")
int show_config(struct __sk_buff *skb)
{
	see(0, tiny);
	see(1, (__u64)(__s64)negative);
	see(2, word);
	see(3, wide);
	see(4, flag);
	see(5, colour);
	see(6, structure.inside);
	skb->mark += 1;
	return -1;
}

SEC("tc")
int count(struct __sk_buff *skb)
{
	__u32 zero = 0, *value = bpf_map_lookup_elem(&per_cpu, &zero);

	if (value)
		*value += 1;
	return skb->mark == 7 ? 2 : -1;
}

SEC("tc")
int event(struct __sk_buff *skb)
{
	__u32 length = skb->len;

	bpf_ringbuf_output(&events, &length, sizeof(length), 0);
	return 0;
}

SEC("tc")
int grow(struct __sk_buff *skb)
{
	return bpf_skb_change_tail(skb, skb->len + 10, 0) ? 2 : 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
