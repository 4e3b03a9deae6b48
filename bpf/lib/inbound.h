/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* inbound.h: what arrives on a tunnel port. Check who speaks and for whom, then rewrite the outer header in place (transit)
 * or take it off (delivery). Each function returns a reason (enum strait_reason). */
#pragma once

#include "count.h"
#include "decide.h"
#include "mtu.h"
#include "vxlan.h"

/* Largest inner packet that fits on the way back to the peer: what a SYN that came from it must announce at most. */
INLINE __u32 mtu_towards(const struct strait_peer *peer)
{
	struct strait_hop *hop = hop_of(peer->hop);

	return hop ? hop->mtu : 0;
}

INLINE int transit(struct __sk_buff *skb, const struct outer *o, const struct packet *p, __u32 index, int reason)
{
	struct strait_hop *hop = hop_of(index);
	__u32 bytes = skb->len - p->offset;
	int stop;

	if (!hop)
		return STRAIT_DROP_NO_LANE;
	if (too_big(skb, p, hop->mtu))
		return STRAIT_PASS_TOO_BIG;
	if (hop->family != o->family)
		return STRAIT_PASS_FALLBACK;
	stop = clamp_mss(skb, p, hop->mtu);
	if (stop)
		return -stop;
	stop = write_outer(skb, hop, (__u16)o->hash, o->tos & ECN_MASK, o->ethertype);
	if (stop)
		return -stop;
	count_tx(p, index, bytes);
	stop = send_to(hop);
	return stop ? -stop : reason;
}

INLINE int deliver(struct __sk_buff *skb, const struct outer *o, const struct strait_peer *peer, const struct packet *p)
{
	struct strait_pod *pod;
	int stop;

	if (o->family != p->family && !can_pop_mixed)
		return STRAIT_PASS_FALLBACK;
	stop = carry_ecn(skb, p, o->tos);
	if (stop)
		return -stop;
	stop = clamp_mss(skb, p, mtu_towards(peer));
	if (stop)
		return -stop;
	stop = pop_outer(skb, o->family, p);
	if (stop)
		return -stop;
	pod = bpf_map_lookup_elem(&strait_pods, &p->dst);
	if (pod && p->ttl > 1) {
		__u8 macs[2 * ETH_ALEN];

		stop = decrement_ttl(skb, p, ETH_HLEN);
		if (stop)
			return -stop;
		__builtin_memcpy(macs, pod->mac, ETH_ALEN);
		__builtin_memcpy(macs + ETH_ALEN, pod->host_mac, ETH_ALEN);
		if (bpf_skb_store_bytes(skb, 0, macs, sizeof(macs), 0))
			return STRAIT_DROP_REWRITE;
		return bpf_redirect_peer(pod->ifindex, 0) == TC_ACT_REDIRECT ? STRAIT_DELIVERED_POD : STRAIT_DROP_REWRITE;
	}
	/* As if it had come in on strait0: the route back leads there too, so a strict reverse-path filter is content. */
	return bpf_redirect(strait0_ifindex, BPF_F_INGRESS) == TC_ACT_REDIRECT ? STRAIT_DELIVERED_STACK : STRAIT_DROP_REWRITE;
}

/* parse_outer(), once more with the headers pulled into the linear part where the first try found too few bytes there. */
INLINE int parse_outer_pulling(struct __sk_buff *skb, struct outer *o)
{
	struct view v = view_of(skb);
	int reason = parse_outer(&v, (__be16)skb->protocol, o);

	if ((long)skb->len <= v.end - v.data || v.end - v.data >= (long)MAX_OUTER)
		return reason;
	if (reason == STRAIT_PASS_NOT_IP && skb->protocol != bpf_htons(ETH_P_IP) && skb->protocol != bpf_htons(ETH_P_IPV6))
		return reason;
	if (bpf_skb_pull_data(skb, skb->len < MAX_OUTER ? skb->len : MAX_OUTER))
		return STRAIT_DROP_TRUNCATED;
	v = view_of(skb);
	return parse_outer(&v, (__be16)skb->protocol, o);
}

INLINE int inbound_from_wire(struct __sk_buff *skb, struct packet *p)
{
	struct outer o = {};
	struct strait_peer *peer;
	int stop, reason;
	__u32 hop = 0;

	if (skb->vlan_present) /* for a VLAN device on top of the uplink, which has our program too if it is an uplink itself */
		return STRAIT_PASS_NOT_OURS;
	reason = parse_outer_pulling(skb, &o);

	/* The ports are registered for nobody: what others send each other there, in whatever form, is not ours to judge. */
	if (reason)
		return o.role && !is_self(&o.dst, o.role) ? STRAIT_PASS_NOT_OURS : reason;
	peer = check_peer(&o, &reason);
	if (!peer)
		return reason;
	stop = parse_packet_pulling(skb, ETH_HLEN + outer_size(o.family), o.ethertype, p);
	if (stop)
		return stop == STOP(STRAIT_PASS_NOT_IP) ? STRAIT_DROP_NOT_IP : -stop;
	if (p->length > skb->len - p->offset && !skb->gso_size)
		return STRAIT_DROP_TRUNCATED;
	count_rx(p, peer->hop, skb->len - p->offset);
	reason = decide(peer, &o, p, &hop);
	if (reason == STRAIT_DELIVERED_POD)
		return deliver(skb, &o, peer, p);
	if (reason == STRAIT_TRANSIT_IN || reason == STRAIT_TRANSIT_OUT)
		return transit(skb, &o, p, hop, reason);
	return reason;
}

/* Linux 6.0 and later tell the local address too; before, only what stands in front of it is filled in. */
INLINE int tunnel_key(struct __sk_buff *skb, struct bpf_tunnel_key *key, __u64 flags)
{
	if (!bpf_skb_get_tunnel_key(skb, key, sizeof(*key), flags))
		return 0;
	return bpf_skb_get_tunnel_key(skb, key, offsetof(struct bpf_tunnel_key, local_ipv4), flags) ? -1 : 0;
}

/* Reads the outer header from what the VXLAN device noted when it took it off. Returns 0, or -1 where it took off none. */
INLINE int outer_from_device(struct __sk_buff *skb, struct outer *o)
{
	struct bpf_tunnel_key key = {};

	o->role = skb->ifindex == strait0_ifindex ? STRAIT_ROLE_INTRA : STRAIT_ROLE_CABLE;
	o->ethertype = (__u16)skb->protocol;
	if (!tunnel_key(skb, &key, 0)) {
		o->family = 4;
		addr_from_v4(&o->src, bpf_htonl(key.remote_ipv4));
		if (key.local_ipv4)
			addr_from_v4(&o->dst, bpf_htonl(key.local_ipv4));
	} else if (!tunnel_key(skb, &key, BPF_F_TUNINFO_IPV6)) {
		o->family = 6;
		__builtin_memcpy(&o->src, key.remote_ipv6, sizeof(o->src));
		__builtin_memcpy(&o->dst, key.local_ipv6, sizeof(o->dst));
	} else {
		return -1;
	}
	o->vni = key.tunnel_id;
	return 0;
}

/* A packet that a VXLAN device of ours took the outer header off, or that deliver() handed to strait0. The same checks as on the wire:
 * nothing reaches the stack that would not have reached a pod. DELIVERED_STACK means: let it through here. */
INLINE int inbound_from_tunnel(struct __sk_buff *skb, struct packet *p)
{
	struct outer o = {};
	struct strait_peer *peer;
	__u32 index = 0, bytes;
	struct strait_hop *hop;
	int stop, reason;

	if (outer_from_device(skb, &o))
		return STRAIT_PASS_ALREADY_SEEN;
	peer = peer_of(&o.src, o.role);
	if (!peer || (peer->flags & STRAIT_PEER_SELF))
		return STRAIT_DROP_UNKNOWN_PEER;
	/* The device listens on every address of this node, a bridge's among them; a pod that is masqueraded could speak to that one. */
	if (!addr_is_zero(&o.dst) && !addr_equal(&o.dst, &peer->local) && !is_self(&o.dst, o.role))
		return STRAIT_DROP_UNKNOWN_PEER;
	if (o.vni != (o.role == STRAIT_ROLE_INTRA ? intra_vni : cable_vni))
		return STRAIT_DROP_BAD_VNI;
	stop = parse_packet_pulling(skb, ETH_HLEN, o.ethertype, p);
	if (stop)
		return stop == STOP(STRAIT_PASS_NOT_IP) ? STRAIT_DROP_NOT_IP : -stop;
	if (p->length > skb->len - p->offset && !skb->gso_size)
		return STRAIT_DROP_TRUNCATED;
	bytes = skb->len - p->offset;
	o.hash = flow_hash(p);
	reason = decide(peer, &o, p, &index);
	if (reason == STRAIT_DELIVERED_POD) {
		count_rx(p, peer->hop, bytes);
		stop = clamp_mss(skb, p, mtu_towards(peer));
		return stop ? -stop : STRAIT_DELIVERED_STACK;
	}
	if (reason != STRAIT_TRANSIT_IN && reason != STRAIT_TRANSIT_OUT)
		return reason;
	hop = hop_of(index);
	if (!hop)
		return STRAIT_DROP_NO_LANE;
	if (too_big(skb, p, hop->mtu)) /* the stack, whose route back to strait0 is as narrow, answers with ICMP */
		return STRAIT_PASS_TOO_BIG;
	stop = clamp_mss(skb, p, hop->mtu);
	if (stop)
		return -stop;
	stop = push_outer(skb, hop, p, o.hash);
	if (stop)
		return -stop;
	count_tx(p, index, bytes);
	stop = send_to(hop);
	return stop ? -stop : reason;
}
