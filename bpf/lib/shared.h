/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* shared.h: every struct and number that crosses between the BPF programs and TypeScript.
 *
 * libs/codec/layouts.gen.ts is generated from the BTF of these types, so nothing here is mirrored by hand.
 * A change of a map's key or value layout, or of its meaning, bumps STRAIT_MAP_VERSION: the version is part of
 * the pin directory, so an old process never reads rows of a new one.
 *
 * Byte order: addresses and MACs are bytes as on the wire; every integer is host order.
 */
#pragma once

#include <linux/types.h>

#define STRAIT_MAP_VERSION 1
#define STRAIT_SLOTS 256        /* flow-hash slots per cluster; a power of two */
#define STRAIT_MAX_CLUSTERS 257 /* index 0 is the own cluster, 1..256 the others */
#define STRAIT_MAX_HOPS 8192    /* nodes of the own cluster, gateways and lanes; index 0 means "no hop" */

/* An address of either family. IPv4 is stored IPv4-mapped (::ffff:a.b.c.d, RFC 4291 2.5.5.2). */
struct strait_addr {
	union {
		__u8 bytes[16];
		__u32 words[4];
	};
};

/* Key of strait_subnets (LPM trie). prefix counts the bits of the 128-bit form: an IPv4 /24 is 96 + 24. */
struct strait_subnet_key {
	__u32 prefix;
	struct strait_addr addr;
};

enum strait_subnet_kind {
	STRAIT_SUBNET_REMOTE = 1, /* another cluster's subnet: index is the cluster; owned by whoever fills the slots */
	STRAIT_SUBNET_NODE = 2,   /* pods of another node of the own cluster: index is that node's hop */
	STRAIT_SUBNET_HERE = 3,   /* pods of this node, or whatever else its own stack can reach */
};

struct strait_subnet {
	__u32 kind;  /* enum strait_subnet_kind */
	__u32 index; /* REMOTE: cluster; NODE: hop; HERE: enum strait_owner, for user space only */
};

/* Row of strait_clusters (array by cluster index): the identity a fresh process recognises the index by. */
struct strait_cluster {
	char id[64]; /* cluster id, NUL padded; all zero: the index is free */
};

/* Who wrote a row, so that two processes on one node never touch each other's rows. */
enum strait_owner {
	STRAIT_OWNER_AGENT = 1,
	STRAIT_OWNER_GATEWAY = 2,
};

enum strait_hop_kind {
	STRAIT_HOP_FREE = 0,
	STRAIT_HOP_NODE = 1,  /* a node of the own cluster, over intra-cluster VXLAN */
	STRAIT_HOP_VXLAN = 2, /* a lane of a VXLAN cable */
};

/* Row of strait_hops (array by hop index): where an encapsulated packet goes and what its headers say. */
struct strait_hop {
	struct strait_addr remote; /* outer destination */
	struct strait_addr local;  /* outer source */
	struct strait_addr via;    /* next hop on the link; all zero: the kernel's route decides per packet */
	__u32 ifindex;             /* uplink */
	__u32 kind;                /* enum strait_hop_kind */
	__u32 vni;
	__u16 port;         /* outer UDP destination port */
	__u16 mtu;          /* largest inner packet (IP header included) that fits */
	__u8 local_mac[6];  /* inner Ethernet source: the VTEP MAC of this node */
	__u8 remote_mac[6]; /* inner Ethernet destination: the VTEP MAC of the far end */
	__u8 family;        /* of the outer header: 4 or 6 */
	__u8 owner;         /* enum strait_owner */
	__u8 pad[2];
};

/* The tunnel port a packet came in on. */
enum strait_role {
	STRAIT_ROLE_INTRA = 1, /* intra-cluster VXLAN, UDP 4800 */
	STRAIT_ROLE_CABLE = 2, /* cable VXLAN, UDP 4500 */
};

/* Key of strait_peers (hash): an outer source that may speak to us on one of our ports. */
struct strait_peer_key {
	struct strait_addr addr;
	__u32 role; /* enum strait_role */
};

/* Rows of role INTRA are the agent's, of role CABLE the gateway's. SELF rows stand under both roles. */
enum strait_peer_flag {
	STRAIT_PEER_SELF = 1,    /* an address of this node: never a source, always a destination for us */
	STRAIT_PEER_NODE = 2,    /* a node of the own cluster */
	STRAIT_PEER_GATEWAY = 4, /* a gateway: of the own cluster (INTRA) or of another one (CABLE) */
};

struct strait_peer {
	__u32 flags;              /* enum strait_peer_flag */
	__u32 cluster;            /* cluster index, 0 the own one */
	__u32 hop;                /* its row in strait_hops and strait_traffic; 0 for SELF */
	struct strait_addr local; /* the address of ours that this peer speaks to; saves a lookup of SELF */
};

/* Value of strait_pods (hash by struct strait_addr): a pod of this node that can be handed its packets directly. */
struct strait_pod {
	__u32 ifindex;    /* host side of its veth */
	__u8 mac[6];      /* the pod's; all zero where unknown */
	__u8 host_mac[6]; /* of the host side */
};

/* Key of strait_sources (LPM trie): addresses that may come out of a pod's interface. prefix = 32 + bits of the 128-bit form. */
struct strait_source_key {
	__u32 prefix;
	__u32 ifindex;
	struct strait_addr addr;
};

/* Value of strait_sources: the way that what a pod sends to other clusters takes. */
enum strait_way {
	STRAIT_WAY_DIRECT = 1, /* encapsulated where it comes out of the pod */
	STRAIT_WAY_STACK =
		2, /* through this node's stack, whose filters see both directions then: such a pod has no row in strait_pods */
};

/* Why a program let go of a packet. Append only: the number is the index into strait_reasons. */
enum strait_reason {
	STRAIT_NONE = 0,
	/* passed on untouched */
	STRAIT_PASS_NOT_IP = 1,
	STRAIT_PASS_NOT_OURS = 2,     /* destination in no known subnet, or not for our tunnel ports */
	STRAIT_PASS_LOCAL = 3,        /* destination in the own cluster */
	STRAIT_PASS_TOO_BIG = 4,      /* left to the stack, which answers with ICMP */
	STRAIT_PASS_TTL = 5,          /* left to the stack, which answers with ICMP */
	STRAIT_PASS_FALLBACK = 6,     /* an outer fragment, or a header mix this kernel cannot pop: the VXLAN device takes it */
	STRAIT_PASS_ALREADY_SEEN = 7, /* came from our own redirect to strait0 */
	/* moved */
	STRAIT_SENT = 8,             /* encapsulated and sent to a hop */
	STRAIT_TRANSIT_OUT = 9,      /* from a node of ours, on to a lane */
	STRAIT_TRANSIT_IN = 10,      /* from a cable, on to a node of ours */
	STRAIT_DELIVERED_POD = 11,   /* handed to a pod's interface */
	STRAIT_DELIVERED_STACK = 12, /* handed to this node's stack through strait0 */
	/* dropped */
	STRAIT_DROP_TRUNCATED = 13,
	STRAIT_DROP_BAD_HEADER = 14,
	STRAIT_DROP_SPOOFED_POD = 15,  /* a pod sent from an address that is not its own */
	STRAIT_DROP_TUNNEL_PORT = 16,  /* a pod sent to a tunnel port of a node */
	STRAIT_DROP_UNKNOWN_PEER = 17, /* outer source is no peer of this port */
	STRAIT_DROP_BAD_VNI = 18,
	STRAIT_DROP_SPOOFED_SOURCE = 19, /* inner source is not inside the peer's announced subnets */
	STRAIT_DROP_NOT_GATEWAY = 20,    /* a node that is no gateway tried to deliver */
	STRAIT_DROP_NO_ROUTE = 21,       /* inner destination is nobody's */
	STRAIT_DROP_NO_LANE = 22,        /* the destination cluster has no gateway or lane */
	STRAIT_DROP_ECN = 23,            /* congestion mark on a packet that cannot carry one (RFC 6040) */
	STRAIT_DROP_REWRITE = 24,        /* the kernel refused to grow, shrink or rewrite the packet */
	STRAIT_DROP_NOT_IP = 25,         /* neither IPv4 nor IPv6 inside the tunnel */
	STRAIT_DROP_TOO_BIG = 26,        /* of this node's own stack, larger than its route allows */
	/* passed on untouched */
	STRAIT_PASS_STACK =
		27, /* of a pod whose packets this node's stack leads on, past the filters it has; comes back by strait0 */
	STRAIT_REASON_MAX = 28,
};

/* Rows of strait_reasons. More than there are reasons, so that one more does not ask for another map. */
#define STRAIT_REASON_ROOM 64

struct strait_count {
	__u64 packets;
	__u64 bytes;
};

/* Value of strait_traffic (per-CPU array by hop index). Bytes are inner bytes, IP header included. */
struct strait_traffic {
	__u64 tx_packets;
	__u64 tx_bytes;
	__u64 rx_packets;
	__u64 rx_bytes;
};

/* Which program let go of the packet. */
enum strait_hook {
	STRAIT_HOOK_POD = 1,
	STRAIT_HOOK_HOST = 2,
	STRAIT_HOOK_WIRE = 3,
	STRAIT_HOOK_TUNNEL = 4,
};

/* The one row of strait_control. */
struct strait_control {
	__u32 trace; /* 0 off, 1 every verdict goes to strait_trace */
};

/* A record of strait_trace (ring buffer). src and dst are the inner addresses where they were parsed, else zero. */
struct strait_event {
	__u64 time; /* ns since boot */
	__u32 reason;
	__u32 hook;
	__u32 ifindex;
	__u32 length; /* of the packet as it left the program */
	struct strait_addr src;
	struct strait_addr dst;
	__u16 sport;
	__u16 dport;
	__u8 protocol;
	__u8 pad[3];
};

_Static_assert(STRAIT_REASON_MAX <= STRAIT_REASON_ROOM, "strait_reasons");
_Static_assert(sizeof(struct strait_addr) == 16, "strait_addr");
_Static_assert(sizeof(struct strait_subnet_key) == 20, "strait_subnet_key");
_Static_assert(sizeof(struct strait_hop) == 80, "strait_hop");
_Static_assert(sizeof(struct strait_peer_key) == 20, "strait_peer_key");
_Static_assert(sizeof(struct strait_peer) == 28, "strait_peer");
_Static_assert(sizeof(struct strait_pod) == 16, "strait_pod");
_Static_assert(sizeof(struct strait_source_key) == 24, "strait_source_key");
_Static_assert(sizeof(struct strait_event) == 64, "strait_event");
