/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* from_tunnel.c: inbound_from_tunnel() over packets that carry a tunnel key, as a VXLAN device leaves one, but no BPF_PROG_TEST_RUN can. */
#include <stddef.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "lib/inbound.h"

/* What the outer header said. */
struct unit_key {
	struct strait_addr peer;
	struct strait_addr self;
	__u32 vni;
	__u32 family; /* 4 or 6 */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct unit_key);
} unit_keys SEC(".maps");

/* The verdict of strait_from_tunnel for a packet with the key of unit_keys. */
SEC("tc")
int unit_from_tunnel(struct __sk_buff *skb)
{
	struct bpf_tunnel_key key = {};
	struct packet p = {};
	struct unit_key *said;
	__u32 zero = 0;
	__u64 flags = 0;

	said = bpf_map_lookup_elem(&unit_keys, &zero);
	if (!said)
		return TC_ACT_OK;
	key.tunnel_id = said->vni;
	key.tunnel_ttl = 64;
	/* A key that is set is one for sending: its remote end is what a received one calls local. */
	if (said->family == 4) {
		key.remote_ipv4 = bpf_ntohl(said->self.words[3]);
		key.local_ipv4 = bpf_ntohl(said->peer.words[3]);
	} else {
		flags = BPF_F_TUNINFO_IPV6;
		__builtin_memcpy(key.remote_ipv6, &said->self, sizeof(key.remote_ipv6));
		__builtin_memcpy(key.local_ipv6, &said->peer, sizeof(key.local_ipv6));
	}
	if (bpf_skb_set_tunnel_key(skb, &key, sizeof(key), flags))
		return TC_ACT_OK;
	return finish(skb, STRAIT_HOOK_TUNNEL, (__u32)inbound_from_tunnel(skb, &p), &p);
}

char _license[] SEC("license") = "Dual BSD/GPL";
