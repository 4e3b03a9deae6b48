/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* outbound.h: from a pod or this node's stack to another cluster. Each function returns a reason (enum strait_reason). */
#pragma once

#include "count.h"
#include "lookup.h"
#include "mtu.h"
#include "vxlan.h"

#define VLAN_ID_MASK 0x0fff
#define MAX_PRIORITY_TAGS 2 /* more than a network has use for */

/* A packet of a pod that is not for another cluster: it may pass unless it could be taken for one of our tunnels' on its way.
 * A pod's packet may leave the node with the node's own address (masquerade), so a node would believe it. */
INLINE int check_tunnel_port(const struct packet *p, int parsed)
{
	/* Ports unreadable, or behind more extension headers than we walk, of which the stack walks any number: what is sent to a node in a
	 * way that we cannot read is not sent in good faith. */
	if (!parsed || (p->family == 6 && !p->later_part && is_extension(p->protocol)))
		return peer_of(&p->dst, STRAIT_ROLE_INTRA) || peer_of(&p->dst, STRAIT_ROLE_CABLE) ? STRAIT_DROP_TUNNEL_PORT : 0;
	if (p->protocol != IPPROTO_UDP)
		return 0;
	if (p->dport == intra_port && peer_of(&p->dst, STRAIT_ROLE_INTRA))
		return STRAIT_DROP_TUNNEL_PORT;
	if (p->dport == cable_port && peer_of(&p->dst, STRAIT_ROLE_CABLE))
		return STRAIT_DROP_TUNNEL_PORT;
	return 0;
}

INLINE int encapsulate(struct __sk_buff *skb, const struct packet *p, __u32 cluster, int forwarded)
{
	__u32 hash = flow_hash(p);
	__u32 bytes = skb->len - p->offset;
	struct strait_hop *hop;
	__u32 index = 0;
	int stop;

	hop = hop_to_cluster(cluster, slot_of_hash(hash), &index);
	if (!hop)
		return STRAIT_DROP_NO_LANE;
	if (too_big(skb, p, hop->mtu))
		return forwarded ? STRAIT_PASS_TOO_BIG : STRAIT_DROP_TOO_BIG;
	if (forwarded) {
		if (p->ttl <= 1)
			return STRAIT_PASS_TTL;
		stop = decrement_ttl(skb, p, p->offset);
		if (stop)
			return -stop;
	}
	stop = clamp_mss(skb, p, hop->mtu);
	if (stop)
		return -stop;
	stop = push_outer(skb, hop, p, hash);
	if (stop)
		return -stop;
	count_tx(p, index, bytes);
	stop = send_to(hop);
	return stop ? -stop : STRAIT_SENT;
}

/* A tag of VLAN 0 carries a priority and nothing else (IEEE 802.1Q 6.9.1): the stack takes it off and routes the packet like any other, so it
 * must not hide the packet from us. Returns 0, or -PASS_NOT_IP for a frame of a real VLAN. */
INLINE int take_off_priority_tags(struct __sk_buff *skb)
{
	int i;

	for (i = 0; i < MAX_PRIORITY_TAGS && skb->vlan_present; i++) {
		if (skb->vlan_tci & VLAN_ID_MASK)
			return STOP(STRAIT_PASS_NOT_IP);
		if (bpf_skb_vlan_pop(skb))
			return STOP(STRAIT_DROP_REWRITE);
	}
	return skb->vlan_present ? STOP(STRAIT_DROP_BAD_HEADER) : 0;
}

INLINE int outbound_from_pod(struct __sk_buff *skb, struct packet *p)
{
	struct strait_subnet *to;
	__u32 way;
	int stop;

	stop = take_off_priority_tags(skb);
	if (stop)
		return -stop;
	stop = parse_packet_pulling(skb, ETH_HLEN, (__be16)skb->protocol, p);
	if (!p->family) /* no IP header that we could read: the stack's to judge */
		return STRAIT_PASS_NOT_IP;
	to = subnet_of(&p->dst);
	if (!to || to->kind != STRAIT_SUBNET_REMOTE) {
		int drop = check_tunnel_port(p, stop == 0);

		if (drop)
			return drop;
		return to ? STRAIT_PASS_LOCAL : STRAIT_PASS_NOT_OURS;
	}
	if (stop)
		return -stop;
	way = way_of(skb->ifindex, &p->src);
	if (!way)
		return STRAIT_DROP_SPOOFED_POD;
	if (way == STRAIT_WAY_STACK) { /* hop count, size and MSS are the stack's and strait_from_host's then */
		__u32 index = 0;

		return hop_to_cluster(to->index, slot_of_hash(flow_hash(p)), &index) ? STRAIT_PASS_STACK : STRAIT_DROP_NO_LANE;
	}
	return encapsulate(skb, p, to->index, 1);
}

INLINE int outbound_from_host(struct __sk_buff *skb, struct packet *p)
{
	int stop = parse_packet_pulling(skb, ETH_HLEN, (__be16)skb->protocol, p);
	struct strait_subnet *to;

	if (!p->family)
		return STRAIT_PASS_NOT_IP;
	to = subnet_of(&p->dst);
	if (!to)
		return STRAIT_PASS_NOT_OURS;
	if (to->kind != STRAIT_SUBNET_REMOTE)
		return STRAIT_PASS_LOCAL;
	if (stop)
		return -stop;
	/* The stack has already taken its hop off what it forwards, and keeps to the MTU of its route. */
	return encapsulate(skb, p, to->index, 0);
}
