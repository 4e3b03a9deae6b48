// SPDX-License-Identifier: Apache-2.0
// Generated from the BTF of bpf/encap.c by tools/gen_layouts.ts. Do not edit.

/** Structs of bpf/lib/shared.h: sizes and offsets in bytes. */
export const layouts = {
  strait_addr: {
    size: 16,
    fields: {
      value: { offset: 0, kind: "bytes", length: 16 },
    },
  },
  strait_subnet_key: {
    size: 20,
    fields: {
      prefix: { offset: 0, kind: "u32" },
      addr: { offset: 4, kind: "bytes", length: 16 },
    },
  },
  strait_subnet: {
    size: 8,
    fields: {
      kind: { offset: 0, kind: "u32" },
      index: { offset: 4, kind: "u32" },
    },
  },
  strait_cluster: {
    size: 64,
    fields: {
      id: { offset: 0, kind: "bytes", length: 64 },
    },
  },
  strait_hop: {
    size: 80,
    fields: {
      remote: { offset: 0, kind: "bytes", length: 16 },
      local: { offset: 16, kind: "bytes", length: 16 },
      via: { offset: 32, kind: "bytes", length: 16 },
      ifindex: { offset: 48, kind: "u32" },
      kind: { offset: 52, kind: "u32" },
      vni: { offset: 56, kind: "u32" },
      port: { offset: 60, kind: "u16" },
      mtu: { offset: 62, kind: "u16" },
      local_mac: { offset: 64, kind: "bytes", length: 6 },
      remote_mac: { offset: 70, kind: "bytes", length: 6 },
      family: { offset: 76, kind: "u8" },
      owner: { offset: 77, kind: "u8" },
      pad: { offset: 78, kind: "bytes", length: 2 },
    },
  },
  strait_peer_key: {
    size: 20,
    fields: {
      addr: { offset: 0, kind: "bytes", length: 16 },
      role: { offset: 16, kind: "u32" },
    },
  },
  strait_peer: {
    size: 28,
    fields: {
      flags: { offset: 0, kind: "u32" },
      cluster: { offset: 4, kind: "u32" },
      hop: { offset: 8, kind: "u32" },
      local: { offset: 12, kind: "bytes", length: 16 },
    },
  },
  strait_pod: {
    size: 16,
    fields: {
      ifindex: { offset: 0, kind: "u32" },
      mac: { offset: 4, kind: "bytes", length: 6 },
      host_mac: { offset: 10, kind: "bytes", length: 6 },
    },
  },
  strait_source_key: {
    size: 24,
    fields: {
      prefix: { offset: 0, kind: "u32" },
      ifindex: { offset: 4, kind: "u32" },
      addr: { offset: 8, kind: "bytes", length: 16 },
    },
  },
  strait_count: {
    size: 16,
    fields: {
      packets: { offset: 0, kind: "u64" },
      bytes: { offset: 8, kind: "u64" },
    },
  },
  strait_traffic: {
    size: 32,
    fields: {
      tx_packets: { offset: 0, kind: "u64" },
      tx_bytes: { offset: 8, kind: "u64" },
      rx_packets: { offset: 16, kind: "u64" },
      rx_bytes: { offset: 24, kind: "u64" },
    },
  },
  strait_control: {
    size: 4,
    fields: {
      trace: { offset: 0, kind: "u32" },
    },
  },
  strait_event: {
    size: 64,
    fields: {
      time: { offset: 0, kind: "u64" },
      reason: { offset: 8, kind: "u32" },
      hook: { offset: 12, kind: "u32" },
      ifindex: { offset: 16, kind: "u32" },
      length: { offset: 20, kind: "u32" },
      src: { offset: 24, kind: "bytes", length: 16 },
      dst: { offset: 40, kind: "bytes", length: 16 },
      sport: { offset: 56, kind: "u16" },
      dport: { offset: 58, kind: "u16" },
      protocol: { offset: 60, kind: "u8" },
      pad: { offset: 61, kind: "bytes", length: 3 },
    },
  },
} as const;

/** Enums of bpf/lib/shared.h. */
export const enums = {
  strait_subnet_kind: {
    remote: 1,
    node: 2,
    here: 3,
  },
  strait_owner: {
    agent: 1,
    gateway: 2,
  },
  strait_hop_kind: {
    free: 0,
    node: 1,
    vxlan: 2,
  },
  strait_role: {
    intra: 1,
    cable: 2,
  },
  strait_peer_flag: {
    self: 1,
    node: 2,
    gateway: 4,
  },
  strait_way: {
    direct: 1,
    stack: 2,
  },
  strait_reason: {
    none: 0,
    pass_not_ip: 1,
    pass_not_ours: 2,
    pass_local: 3,
    pass_too_big: 4,
    pass_ttl: 5,
    pass_fallback: 6,
    pass_already_seen: 7,
    sent: 8,
    transit_out: 9,
    transit_in: 10,
    delivered_pod: 11,
    delivered_stack: 12,
    drop_truncated: 13,
    drop_bad_header: 14,
    drop_spoofed_pod: 15,
    drop_tunnel_port: 16,
    drop_unknown_peer: 17,
    drop_bad_vni: 18,
    drop_spoofed_source: 19,
    drop_not_gateway: 20,
    drop_no_route: 21,
    drop_no_lane: 22,
    drop_ecn: 23,
    drop_rewrite: 24,
    drop_not_ip: 25,
    drop_too_big: 26,
    pass_stack: 27,
    reason_max: 28,
  },
  strait_hook: {
    pod: 1,
    host: 2,
    wire: 3,
    tunnel: 4,
  },
} as const;

/** Numbers #defined in bpf/lib/shared.h, without STRAIT_. */
export const constants = {
  MAP_VERSION: 1,
  SLOTS: 256,
  MAX_CLUSTERS: 257,
  MAX_HOPS: 8192,
  REASON_ROOM: 64,
} as const;

/** Maps by short name; type is enum bpf_map_type. */
export const maps = {
  subnets: { name: "strait_subnets", type: 11, keySize: 20, valueSize: 8, maxEntries: 131072, flags: 1 },
  clusters: { name: "strait_clusters", type: 2, keySize: 4, valueSize: 64, maxEntries: 257, flags: 0 },
  slots: { name: "strait_slots", type: 2, keySize: 4, valueSize: 4, maxEntries: 65792, flags: 0 },
  hops: { name: "strait_hops", type: 2, keySize: 4, valueSize: 80, maxEntries: 8192, flags: 0 },
  peers: { name: "strait_peers", type: 1, keySize: 20, valueSize: 28, maxEntries: 16384, flags: 1 },
  pods: { name: "strait_pods", type: 1, keySize: 16, valueSize: 16, maxEntries: 4096, flags: 1 },
  sources: { name: "strait_sources", type: 11, keySize: 24, valueSize: 4, maxEntries: 8192, flags: 1 },
  reasons: { name: "strait_reasons", type: 6, keySize: 4, valueSize: 16, maxEntries: 64, flags: 0 },
  counters: { name: "strait_counters", type: 6, keySize: 4, valueSize: 16, maxEntries: 27, flags: 0 },
  traffic: { name: "strait_traffic", type: 6, keySize: 4, valueSize: 32, maxEntries: 8192, flags: 0 },
  control: { name: "strait_control", type: 2, keySize: 4, valueSize: 4, maxEntries: 1, flags: 0 },
  trace: { name: "strait_trace", type: 27, keySize: 0, valueSize: 0, maxEntries: 262144, flags: 0 },
} as const;
