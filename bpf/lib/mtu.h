/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* mtu.h: does the packet fit into the tunnel, and TCP connections that never grow beyond it. */
#pragma once

#include "packet.h"

#define TCP_FLAG_SYN 0x02
#define TCP_OPT_END 0
#define TCP_OPT_NOP 1
#define TCP_OPT_MSS 2
#define TCP_OPT_MSS_LEN 4
#define MAX_TCP_OPTIONS 20 /* options that are walked; a SYN of any known stack carries at most 8 with paddings */

/* Would one packet on the wire be larger than mtu? A GSO packet counts as each of its segments will. */
INLINE int too_big(const struct __sk_buff *skb, const struct packet *p, __u32 mtu)
{
	if (skb->gso_size)
		return p->l4_offset - p->offset + p->l4_length + skb->gso_size > mtu;
	return skb->len - p->offset > mtu;
}

/* Lowers the MSS option of a SYN or SYN-ACK to what fits into mtu (RFC 879, RFC 9293 3.7.1). Returns 0 or -DROP_REWRITE. */
static __noinline int clamp_mss_slow(struct __sk_buff *skb, __u32 tcp_offset, __u32 tcp_length, __u32 limit)
{
	__u32 at = tcp_offset + sizeof(struct tcphdr);
	__u32 end = tcp_offset + tcp_length;
	int i;

	for (i = 0; i < MAX_TCP_OPTIONS; i++) {
		__u8 option[TCP_OPT_MSS_LEN];
		__u16 mss;

		if (at + 2 > end || bpf_skb_load_bytes(skb, at, option, 2))
			return 0;
		if (option[0] == TCP_OPT_END)
			return 0;
		if (option[0] == TCP_OPT_NOP) {
			at++;
			continue;
		}
		if (option[0] != TCP_OPT_MSS) {
			if (option[1] < 2)
				return 0;
			at += option[1];
			continue;
		}
		if (option[1] != TCP_OPT_MSS_LEN || at + TCP_OPT_MSS_LEN > end ||
		    bpf_skb_load_bytes(skb, at, option, sizeof(option)))
			return 0;
		mss = (__u16)(option[2] << 8 | option[3]);
		if (mss <= limit)
			return 0;
		{
			__be16 old_part[2], new_part[2];
			__be16 clamped = bpf_htons((__u16)limit);
			__u8 odd = (__u8)((at - tcp_offset) & 1);

			/* The checksum adds 16-bit words of the header; where the option starts at an odd byte, each byte of the MSS
			 * belongs to another word, which is the same sum with the bytes swapped. */
			old_part[0] = bpf_htons(mss);
			new_part[0] = clamped;
			if (odd) {
				old_part[0] = (__be16)(old_part[0] << 8 | old_part[0] >> 8);
				new_part[0] = (__be16)(new_part[0] << 8 | new_part[0] >> 8);
			}
			if (bpf_skb_store_bytes(skb, at + 2, &clamped, sizeof(clamped), 0))
				return STOP(STRAIT_DROP_REWRITE);
			if (bpf_l4_csum_replace(skb, tcp_offset + 16, old_part[0], new_part[0], sizeof(__be16)))
				return STOP(STRAIT_DROP_REWRITE);
		}
		return 0;
	}
	return 0;
}

INLINE int clamp_mss(struct __sk_buff *skb, const struct packet *p, __u32 mtu)
{
	__u32 headers = (p->family == 4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr)) + sizeof(struct tcphdr);

	if (p->protocol != IPPROTO_TCP || p->later_part || !(p->tcp_flags & TCP_FLAG_SYN) || mtu <= headers)
		return 0;
	return clamp_mss_slow(skb, p->l4_offset, p->l4_length, mtu - headers);
}
