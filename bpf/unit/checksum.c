/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* checksum.c: csum_replace() of inner.h, alone. The frame carries check, old word and new word behind its Ethernet header. */
#include <stddef.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "lib/inner.h"

/* Puts the new check over the three words; passes. */
SEC("tc")
int unit_csum_replace(struct __sk_buff *skb)
{
	__u16 words[3];

	if (bpf_skb_load_bytes(skb, ETH_HLEN, words, sizeof(words)))
		return TC_ACT_SHOT;
	words[0] = csum_replace(words[0], words[1], words[2]);
	return bpf_skb_store_bytes(skb, ETH_HLEN, words, sizeof(words), 0) ? TC_ACT_SHOT : TC_ACT_UNSPEC;
}

char _license[] SEC("license") = "Dual BSD/GPL";
