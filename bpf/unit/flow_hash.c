/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* flow_hash.c: parsing and flow_hash() of packet.h, alone. */
#include <stddef.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "lib/packet.h"

/* Puts the flow's hash over the destination MAC, in host order; drops what does not parse. */
SEC("tc")
int unit_flow_hash(struct __sk_buff *skb)
{
	struct packet p = {};
	__u32 hash;

	if (parse_packet_pulling(skb, ETH_HLEN, (__be16)skb->protocol, &p))
		return TC_ACT_SHOT;
	hash = flow_hash(&p);
	return bpf_skb_store_bytes(skb, 0, &hash, sizeof(hash), 0) ? TC_ACT_SHOT : TC_ACT_UNSPEC;
}

char _license[] SEC("license") = "Dual BSD/GPL";
