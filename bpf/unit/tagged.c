/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* tagged.c: strait_from_pod and strait_from_wire over frames whose VLAN tags the kernel has taken in, as it does before tc sees them. */
#include <stddef.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "lib/inbound.h"
#include "lib/outbound.h"

/* Pushes the tags that skb->cb[0..2] ask for: 0x10000 and the tag's 16 bits, or nothing. */
INLINE int push_tags(struct __sk_buff *skb)
{
	if (skb->cb[0] && bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), (__u16)skb->cb[0]))
		return -1;
	if (skb->cb[1] && bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), (__u16)skb->cb[1]))
		return -1;
	if (skb->cb[2] && bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), (__u16)skb->cb[2]))
		return -1;
	return 0;
}

SEC("tc")
int unit_tagged_from_pod(struct __sk_buff *skb)
{
	struct packet p = {};

	if (push_tags(skb))
		return TC_ACT_OK;
	return finish(skb, STRAIT_HOOK_POD, (__u32)outbound_from_pod(skb, &p), &p);
}

SEC("tc")
int unit_tagged_from_wire(struct __sk_buff *skb)
{
	struct packet p = {};

	if (push_tags(skb))
		return TC_ACT_OK;
	return finish(skb, STRAIT_HOOK_WIRE, (__u32)inbound_from_wire(skb, &p), &p);
}

char _license[] SEC("license") = "Dual BSD/GPL";
