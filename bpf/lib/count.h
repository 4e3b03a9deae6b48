/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* count.h: every packet leaves a program through finish(), which counts it by reason and, when asked, traces it. */
#pragma once

#include "maps.h"
#include "packet.h"

/* Traffic towards a hop; bytes as of the inner packet. */
INLINE void count_tx(const struct packet *p, __u32 hop, __u32 bytes)
{
	struct strait_traffic *row = bpf_map_lookup_elem(&strait_traffic, &hop);

	if (row) {
		row->tx_packets += p->packets;
		row->tx_bytes += bytes;
	}
}

/* Traffic from the peer that owns this hop row. */
INLINE void count_rx(const struct packet *p, __u32 hop, __u32 bytes)
{
	struct strait_traffic *row = bpf_map_lookup_elem(&strait_traffic, &hop);

	if (row) {
		row->rx_packets += p->packets;
		row->rx_bytes += bytes;
	}
}

static __noinline void trace(struct __sk_buff *skb, __u32 hook, __u32 reason, const struct packet *p)
{
	struct strait_event *event = bpf_ringbuf_reserve(&strait_trace, sizeof(*event), 0);

	if (!event)
		return;
	__builtin_memset(event, 0, sizeof(*event));
	event->time = bpf_ktime_get_boot_ns();
	event->reason = reason;
	event->hook = hook;
	event->ifindex = skb->ifindex;
	event->length = skb->len;
	event->src = p->src;
	event->dst = p->dst;
	event->sport = p->sport;
	event->dport = p->dport;
	event->protocol = p->protocol;
	bpf_ringbuf_submit(event, 0);
}

/* Counts the packet and turns the reason into a verdict. A pass is TC_ACT_UNSPEC, so that programs of others on the same hook still run. */
INLINE int finish(struct __sk_buff *skb, __u32 hook, __u32 reason, const struct packet *p)
{
	struct strait_count *row = bpf_map_lookup_elem(&strait_reasons, &reason);
	struct strait_control *control;
	__u32 zero = 0;

	if (row) {
		row->packets += p->packets ? p->packets : 1;
		row->bytes += skb->len;
	}
	control = bpf_map_lookup_elem(&strait_control, &zero);
	if (control && control->trace)
		trace(skb, hook, reason, p);
	if (reason < STRAIT_SENT || reason == STRAIT_PASS_STACK)
		return TC_ACT_UNSPEC;
	if (reason < STRAIT_DROP_TRUNCATED)
		return TC_ACT_REDIRECT;
	return TC_ACT_SHOT;
}
