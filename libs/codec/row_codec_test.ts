// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import {
  type Address,
  address,
  type Cidr,
  cidr,
  clusterId,
  hostCidr,
  ifIndex,
  innerMtu,
  linkMtu,
  MAP_VERSION,
  MAX_CLUSTERS,
  MAX_HOPS,
  type MapName,
  mac,
  mapNames,
  type PeerFlag,
  type RowOf,
  SLOTS,
  vtepMac,
} from "@strait/model";
import { Random } from "@strait/model/testing";
import { constants, layouts, maps } from "./layouts.gen.ts";
import { rowCodecs } from "./row_codec.ts";

/** The config refuses IPv6 prefixes around the IPv4-mapped range, which share bits with IPv4. */
function prefix(random: Random): Cidr {
  const c = random.cidr();
  return c.address.family === 6 && c.address.value >> 32n === 0n ? hostCidr(random.address()) : c;
}

function outer(random: Random): Address {
  const a = random.address();
  return a.value === 0n ? address("::1") : a;
}

const makers: { readonly [M in MapName]: (random: Random) => RowOf[M] } = {
  subnets: (r) =>
    r.pick([
      { prefix: prefix(r), kind: "remote", cluster: r.below(257) },
      { prefix: prefix(r), kind: "node", hop: r.below(8192) },
      { prefix: prefix(r), kind: "here", owner: r.pick(["agent", "gateway"] as const) },
    ] as const),
  clusters: (r) => ({ index: r.below(257), id: clusterId(r.pick(["a", "east-1", "x".repeat(63)])) }),
  slots: (r) => ({ cluster: r.below(257), slot: r.below(256), hop: 1 + r.below(8191) }),
  hops: (r) => {
    const [remote, local] = [outer(r), outer(r)];
    return {
      index: 1 + r.below(8191),
      remote,
      local,
      ...(r.below(2) === 0 && { via: outer(r) }),
      ifindex: ifIndex(1 + r.below(0x7fffffff)),
      kind: r.pick(["node", "vxlan"] as const),
      vni: r.below(1 << 24),
      port: 1 + r.below(65535),
      mtu: innerMtu(linkMtu(1280 + r.below(60000)), remote.family),
      localMac: vtepMac(local),
      remoteMac: vtepMac(remote),
      owner: r.pick(["agent", "gateway"] as const),
    };
  },
  peers: (r) => ({
    address: outer(r),
    role: r.pick(["intra", "cable"] as const),
    flags: (["self", "node", "gateway"] satisfies PeerFlag[]).filter(() => r.below(2) === 0),
    cluster: r.below(257),
    hop: r.below(8192),
    local: outer(r),
  }),
  pods: (r) => ({
    address: outer(r),
    ifindex: ifIndex(1 + r.below(1000)),
    ...(r.below(2) === 0 && { mac: mac("02:00:00:00:00:01") }),
    hostMac: mac("02:00:00:00:00:02"),
  }),
  sources: (r) => ({ ifindex: ifIndex(1 + r.below(1000)), prefix: prefix(r), ...(r.below(2) === 0 && { stack: true }) }),
};

function roundTrips<M extends MapName>(map: M): void {
  const codec = rowCodecs[map];
  const random = new Random(1);
  for (let i = 0; i < 500; i++) {
    const row = makers[map](random);
    const [key, value] = [codec.encodeKey(row), codec.encodeValue(row)];
    expect([key.length, value.length]).toEqual([codec.keySize, codec.valueSize]);
    expect(codec.decode(key, value)).toEqual(row);
  }
}

describe("A row survives its bytes:", () => {
  test.each([...mapNames])("%s", (map) => roundTrips(map));
});

describe("Bytes of a row are as the programs expect:", () => {
  test("an IPv4 prefix counts in the 128-bit form", () => {
    const key = rowCodecs.subnets.encodeKey({ prefix: cidr("10.1.0.0/16"), kind: "remote", cluster: 7 });
    expect(key.toHex()).toBe("7000000000000000000000000000ffff0a010000");
    expect(rowCodecs.subnets.encodeValue({ prefix: cidr("10.1.0.0/16"), kind: "remote", cluster: 7 }).toHex()).toBe(
      "0100000007000000",
    );
  });

  test("a source's prefix counts the interface too", () => {
    const key = rowCodecs.sources.encodeKey({ ifindex: ifIndex(5), prefix: cidr("10.1.0.9/32") });
    expect(key.toHex()).toBe("a00000000500000000000000000000000000ffff0a010009");
  });

  test("a slot's key is cluster × 256 + slot", () => {
    expect(rowCodecs.slots.encodeKey({ cluster: 2, slot: 3, hop: 9 }).toHex()).toBe("03020000");
    expect(() => rowCodecs.slots.encodeKey({ cluster: 2, slot: 256, hop: 9 })).toThrow(RangeError);
  });
});

describe("What nobody of this layout wrote is no row:", () => {
  const zeros = (map: MapName) =>
    rowCodecs[map].decode(new Uint8Array(rowCodecs[map].keySize), new Uint8Array(rowCodecs[map].valueSize));
  test.each([...mapNames])("zeros in %s", (map) => {
    expect(zeros(map)).toBeUndefined();
  });

  test("random bytes decode or do not, but never throw", () => {
    const random = new Random(9);
    const bytes = (size: number) => Uint8Array.from({ length: size }, () => random.below(random.pick([2, 256])));
    for (const map of mapNames) {
      for (let i = 0; i < 500; i++) rowCodecs[map].decode(bytes(rowCodecs[map].keySize), bytes(rowCodecs[map].valueSize));
    }
  });

  test("too few bytes throw", () => {
    expect(() => rowCodecs.hops.decode(new Uint8Array(4), new Uint8Array(79))).toThrow(RangeError);
  });
});

describe("Layouts", () => {
  test("agree with the numbers of libs/model", () => {
    expect([constants.SLOTS, constants.MAX_CLUSTERS, constants.MAX_HOPS]).toEqual([SLOTS, MAX_CLUSTERS, MAX_HOPS] as never);
    expect(`v${constants.MAP_VERSION}`).toBe(MAP_VERSION);
    expect(maps.slots.maxEntries as number).toBe(MAX_CLUSTERS * SLOTS);
    expect(maps.hops.maxEntries as number).toBe(MAX_HOPS);
  });

  test("of keys and values are the maps' sizes", () => {
    expect([maps.hops.valueSize, maps.peers.keySize, maps.subnets.keySize].map(Number)).toEqual(
      [layouts.strait_hop, layouts.strait_peer_key, layouts.strait_subnet_key].map((layout) => Number(layout.size)),
    );
  });
});
