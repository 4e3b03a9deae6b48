/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* probe.c: asks the kernel what its headers do not tell. Run by BPF_PROG_TEST_RUN, attached nowhere. */
#include <stddef.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "lib/vxlan.h"

/* Over an IPv4 packet that holds at least 20 more bytes: 1 where its IPv4 header can be taken off an IPv6 packet, else 0. */
SEC("tc")
int strait_can_pop_mixed(struct __sk_buff *skb)
{
	return bpf_skb_adjust_room(skb, -20, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO | ADJ_ROOM_DECAP_L3_IPV6) == 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
