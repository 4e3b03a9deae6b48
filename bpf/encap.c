/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* encap.c: the four walks of a packet between clusters (docs/design/packet-path.md), one entry program each.
 *
 *   pod ──▶ strait_from_pod ──push──▶ wire ──▶ strait_from_wire (gateway: rewrite in place) ──▶ wire ──▶ strait_from_wire ──pop──▶ pod
 *   host ─▶ route ─▶ strait0 ─▶ strait_from_host                     VXLAN device ─▶ strait_from_tunnel
 */
#include <stddef.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "lib/inbound.h"
#include "lib/outbound.h"

/* tc ingress on the host side of a pod's interface. Passes on, sends to a hop, or drops. */
SEC("tc")
int strait_from_pod(struct __sk_buff *skb)
{
	struct packet p = {};
	int reason = outbound_from_pod(skb, &p);

	return finish(skb, STRAIT_HOOK_POD, (__u32)reason, &p);
}

/* tc egress on strait0: what this node's stack routes to another cluster. Passes on, sends to a hop, or drops. */
SEC("tc")
int strait_from_host(struct __sk_buff *skb)
{
	struct packet p = {};
	int reason = outbound_from_host(skb, &p);

	return finish(skb, STRAIT_HOOK_HOST, (__u32)reason, &p);
}

/* tc ingress on an uplink. Passes on what is not ours, forwards between nodes and cables, delivers to pods and the stack, or drops. */
SEC("tc")
int strait_from_wire(struct __sk_buff *skb)
{
	struct packet p = {};
	int reason = inbound_from_wire(skb, &p);

	return finish(skb, STRAIT_HOOK_WIRE, (__u32)reason, &p);
}

/* tc ingress on strait0 and strait1, the VXLAN devices of our ports. Passes on to the stack, forwards, or drops. */
SEC("tc")
int strait_from_tunnel(struct __sk_buff *skb)
{
	struct packet p = {};
	int reason = inbound_from_tunnel(skb, &p);
	int verdict = finish(skb, STRAIT_HOOK_TUNNEL, (__u32)reason, &p);

	if (reason != STRAIT_DELIVERED_STACK && verdict != TC_ACT_UNSPEC)
		return verdict;
	/* The inner frame was addressed to a VTEP, which need not be this device's own address; the stack takes only what is its own. */
	bpf_skb_change_type(skb, 0 /* PACKET_HOST */);
	return TC_ACT_UNSPEC;
}

/* Names every enum of shared.h, and the struct no map holds, so that names, numbers and layouts get into BTF and from there into TypeScript. */
const volatile struct {
	enum strait_subnet_kind subnet_kind;
	enum strait_owner owner;
	enum strait_hop_kind hop_kind;
	enum strait_role role;
	enum strait_peer_flag peer_flag;
	enum strait_way way;
	enum strait_reason reason;
	enum strait_hook hook;
	struct strait_event event;
} vocabulary;

char _license[] SEC("license") = "Dual BSD/GPL";
