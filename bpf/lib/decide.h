/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* decide.h: who speaks to us, for whom, and where the packet goes. Reads maps, touches no packet. */
#pragma once

#include "config.h"
#include "lookup.h"
#include "outer.h"

INLINE int is_self(const struct strait_addr *addr, __u32 role)
{
	struct strait_peer *row = peer_of(addr, role);

	return row && (row->flags & STRAIT_PEER_SELF);
}

/* The peer that sent this, or NULL with the reason. */
INLINE struct strait_peer *check_peer(const struct outer *o, int *reason)
{
	struct strait_peer *peer = peer_of(&o->src, o->role);

	if (!peer || (peer->flags & STRAIT_PEER_SELF)) {
		*reason = is_self(&o->dst, o->role) ? STRAIT_DROP_UNKNOWN_PEER : STRAIT_PASS_NOT_OURS;
		return NULL;
	}
	if (!addr_equal(&o->dst, &peer->local) && !is_self(&o->dst, o->role)) {
		*reason = STRAIT_PASS_NOT_OURS;
		return NULL;
	}
	if (o->vni != (o->role == STRAIT_ROLE_INTRA ? intra_vni : cable_vni)) {
		*reason = STRAIT_DROP_BAD_VNI;
		return NULL;
	}
	return peer;
}

/* Where a packet of a node of the own cluster goes. Returns TRANSIT_OUT (with *hop), DELIVERED_POD ("to this node") or a drop. */
INLINE int decide_intra(const struct strait_peer *peer, const struct outer *o, const struct packet *p, __u32 *hop)
{
	struct strait_subnet *to = subnet_of(&p->dst);
	struct strait_hop *lane;

	if (!to)
		return STRAIT_DROP_NO_ROUTE;
	if (to->kind == STRAIT_SUBNET_HERE)
		return peer->flags & STRAIT_PEER_GATEWAY ? STRAIT_DELIVERED_POD : STRAIT_DROP_NOT_GATEWAY;
	if (to->kind != STRAIT_SUBNET_REMOTE)
		return STRAIT_DROP_NO_ROUTE;
	lane = hop_to_cluster(to->index, o->hash, hop);
	if (!lane || lane->kind == STRAIT_HOP_NODE) /* a worker is no gateway: it forwards for nobody */
		return STRAIT_DROP_NO_LANE;
	return STRAIT_TRANSIT_OUT;
}

/* Where a packet of another cluster goes. Returns TRANSIT_IN (with *hop), DELIVERED_POD ("to this node") or a drop. */
INLINE int decide_cable(const struct strait_peer *peer, const struct packet *p, __u32 *hop)
{
	struct strait_subnet *from = subnet_of(&p->src);
	struct strait_subnet *to;

	if (!from || from->kind != STRAIT_SUBNET_REMOTE || from->index != peer->cluster)
		return STRAIT_DROP_SPOOFED_SOURCE;
	to = subnet_of(&p->dst);
	if (!to)
		return STRAIT_DROP_NO_ROUTE;
	if (to->kind == STRAIT_SUBNET_HERE)
		return STRAIT_DELIVERED_POD;
	if (to->kind != STRAIT_SUBNET_NODE)
		return STRAIT_DROP_NO_ROUTE;
	*hop = to->index;
	return STRAIT_TRANSIT_IN;
}

INLINE int decide(const struct strait_peer *peer, const struct outer *o, const struct packet *p, __u32 *hop)
{
	return o->role == STRAIT_ROLE_INTRA ? decide_intra(peer, o, p, hop) : decide_cable(peer, p, hop);
}
