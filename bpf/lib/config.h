/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* config.h: what is fixed when the programs are loaded. The verifier sees constants and removes dead branches. */
#pragma once

#include <linux/types.h>

/* UDP port of VXLAN between the nodes of the own cluster (Submariner's vx-submariner: 4800). */
const volatile __u16 intra_port = 4800;
/* UDP port of VXLAN cables (Submariner's data port: 4500). */
const volatile __u16 cable_port = 4500;
/* VNI between the nodes of the own cluster (Submariner's vx-submariner: 100). */
const volatile __u32 intra_vni = 100;
/* VNI of VXLAN cables (Submariner's vxlan-tunnel: 1000). */
const volatile __u32 cable_vni = 1000;
/* Interface index of strait0: packets for this node's own stack appear to come in on it. */
const volatile __u32 strait0_ifindex = 0;
/* 1 where bpf_skb_adjust_room can change the protocol while it pops (Linux 6.3: BPF_F_ADJ_ROOM_DECAP_L3_*). */
const volatile __u8 can_pop_mixed = 1;
