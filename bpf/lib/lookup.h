/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* lookup.h: what the maps say about an address, a flow, a peer. */
#pragma once

#include "maps.h"
#include "packet.h"

#define FULL_PREFIX 128

INLINE struct strait_subnet *subnet_of(const struct strait_addr *addr)
{
	struct strait_subnet_key key = { .prefix = FULL_PREFIX, .addr = *addr };

	return bpf_map_lookup_elem(&strait_subnets, &key);
}

INLINE struct strait_peer *peer_of(const struct strait_addr *addr, __u32 role)
{
	struct strait_peer_key key = { .addr = *addr, .role = role };

	return bpf_map_lookup_elem(&strait_peers, &key);
}

INLINE struct strait_hop *hop_of(__u32 index)
{
	struct strait_hop *hop = bpf_map_lookup_elem(&strait_hops, &index);

	return hop && hop->kind != STRAIT_HOP_FREE ? hop : NULL;
}

/* The hop that this flow takes to the cluster, or NULL. *index is set to the hop's index. */
INLINE struct strait_hop *hop_to_cluster(__u32 cluster, __u32 hash, __u32 *index)
{
	__u32 key = cluster * STRAIT_SLOTS + (hash & (STRAIT_SLOTS - 1));
	__u32 *slot = bpf_map_lookup_elem(&strait_slots, &key);

	if (!slot || !*slot)
		return NULL;
	*index = *slot;
	return hop_of(*slot);
}

/* The way of what comes out of this pod interface from this address; 0 where the address may not come out of it. */
INLINE __u32 way_of(__u32 ifindex, const struct strait_addr *addr)
{
	struct strait_source_key key = { .prefix = 32 + FULL_PREFIX, .ifindex = ifindex, .addr = *addr };

	__u32 *way = bpf_map_lookup_elem(&strait_sources, &key);

	return way ? *way : 0;
}
