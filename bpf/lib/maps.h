/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* maps.h: all state the programs share with user space. Rows are written by TypeScript, counters by the programs. */
#pragma once

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "shared.h"

/* Every known subnet, the own cluster's and the others': one lookup tells what a destination is. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 131072);
	__type(key, struct strait_subnet_key);
	__type(value, struct strait_subnet);
} strait_subnets SEC(".maps");

/* Cluster index -> identity. The programs do not read it; a restarted process does. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, STRAIT_MAX_CLUSTERS);
	__type(key, __u32);
	__type(value, struct strait_cluster);
} strait_clusters SEC(".maps");

/* cluster index * STRAIT_SLOTS + flow hash % STRAIT_SLOTS -> hop index: a gateway on a worker, a lane on a gateway. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, STRAIT_MAX_CLUSTERS *STRAIT_SLOTS);
	__type(key, __u32);
	__type(value, __u32);
} strait_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, STRAIT_MAX_HOPS);
	__type(key, __u32);
	__type(value, struct strait_hop);
} strait_hops SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 2 * STRAIT_MAX_HOPS);
	__type(key, struct strait_peer_key);
	__type(value, struct strait_peer);
} strait_peers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, struct strait_addr);
	__type(value, struct strait_pod);
} strait_pods SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 8192);
	__type(key, struct strait_source_key);
	__type(value, __u32); /* enum strait_way */
} strait_sources SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STRAIT_REASON_ROOM);
	__type(key, __u32);
	__type(value, struct strait_count);
} strait_reasons SEC(".maps");

/* Where earlier versions count. Nobody writes to it any more; it is there so that one that comes back finds all of its maps. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 27);
	__type(key, __u32);
	__type(value, struct strait_count);
} strait_counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STRAIT_MAX_HOPS);
	__type(key, __u32);
	__type(value, struct strait_traffic);
} strait_traffic SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct strait_control);
} strait_control SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18);
} strait_trace SEC(".maps");
