/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* bad.c: a program that the verifier must refuse, after so many lines of log that a fixed buffer would cut them. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

SEC("tc")
int bad(struct __sk_buff *skb)
{
	volatile __u32 sum = 0;
	void *data = (void *)(long)skb->data;

#pragma unroll
	for (int i = 0; i < 400; i++)
		sum += skb->mark + i;
	return *(__u32 *)data + sum; /* no bounds check */
}

char _license[] SEC("license") = "Dual BSD/GPL";
