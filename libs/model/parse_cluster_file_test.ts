// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { address } from "./address.ts";
import { cidr } from "./cidr.ts";
import { clusterId, nodeName } from "./ids.ts";
import { parseClusterFile } from "./parse_cluster_file.ts";

const GOOD = `cluster: east
node: w1
subnets: [10.1.0.0/16, "fd01::/48"]
nodes:
  - name: gw1
    addresses: [172.31.1.2, "fd31:1::2"]
    subnets: [10.1.0.0/24]
    gateway: true
  - name: w1
    addresses: [172.31.1.3]
    subnets: [10.1.1.0/24]
clusters:
  - id: west
    subnets: [10.2.0.0/16]
    gateways:
      - { name: gw1, addresses: [172.31.9.3] }
`;

describe("parseClusterFile accepts", () => {
  test("a whole file, with defaults for what it leaves out", () => {
    const parsed = parseClusterFile(GOOD);
    expect(parsed).toEqual({
      ok: true,
      value: {
        cluster: clusterId("east"),
        node: nodeName("w1"),
        subnets: [cidr("10.1.0.0/16"), cidr("fd01::/48")],
        nodes: [
          {
            name: nodeName("gw1"),
            addresses: [address("172.31.1.2"), address("fd31:1::2")],
            subnets: [cidr("10.1.0.0/24")],
            gateway: true,
          },
          { name: nodeName("w1"), addresses: [address("172.31.1.3")], subnets: [cidr("10.1.1.0/24")], gateway: false },
        ],
        clusters: [
          {
            id: clusterId("west"),
            subnets: [cidr("10.2.0.0/16")],
            gateways: [{ name: nodeName("gw1"), addresses: [address("172.31.9.3")], port: 4500 }],
          },
        ],
        spread: true,
        pinDir: "/sys/fs/bpf/strait",
        log: "info",
      },
    });
  });

  test("every optional key", () => {
    const text = `${GOOD}uplinks: [eth0]\nspread: false\nmtu: 1500\npodInterfaces: ["veth*"]\npinDir: /run/x/bpf/strait\ncniCacheDir: /var/lib/cni\nlisten: unix:/run/s.sock\nlog: debug\ndelivery: stack\n`;
    expect(parseClusterFile(text)).toMatchObject({
      ok: true,
      value: {
        uplinks: ["eth0"],
        mtu: 1500,
        spread: false,
        podInterfaces: ["veth*"],
        listen: { kind: "unix", path: "/run/s.sock" },
        log: "debug",
        delivery: "stack",
      },
    });
    expect(parseClusterFile(`${GOOD}listen: "[::1]:8080"\n`)).toMatchObject({
      ok: true,
      value: { listen: { host: "::1", port: 8080 } },
    });
  });

  test("a lone cluster without others and without gateways", () => {
    const alone = GOOD.slice(0, GOOD.indexOf("clusters:")).replace("    gateway: true\n", "");
    expect(parseClusterFile(alone)).toMatchObject({ ok: true, value: { clusters: [] } });
  });
});

/** Name, what is replaced in GOOD by what, the line and (part of) the reason. */
const BAD: readonly (readonly [name: string, from: string, to: string, line: number, reason: RegExp])[] = [
  ["text that is no YAML", "cluster: east", "cluster: [east", 2, /no YAML/],
  ["a key that is there twice", "node: w1", "node: w1\nnode: w1", 3, /unique/],
  ["a delivery that there is not", "node: w1", "node: w1\ndelivery: fast", 3, /delivery must be auto, stack or direct/],
  ["an unknown key", "node: w1", "nodde: w1\nnode: w1", 2, /"nodde" is an unknown key of the file: use only cluster, node/],
  [
    "an unknown key deep inside",
    "    gateway: true",
    "    gatway: true",
    8,
    /"gatway" is an unknown key of a node: use only name/,
  ],
  ["a missing key", "cluster: east\n", "", 1, /"cluster" is missing from the file: add it/],
  ["a list that is no list", "subnets: [10.2.0.0/16]", "subnets: 10.2.0.0/16", 14, /subnets must be a list/],
  ["an own cluster that is no map", "  - id: west", "  - west\n  - id: west", 13, /a cluster must be a map of keys/],
  ["a number where text belongs", "cluster: east", "cluster: 7", 1, /cluster must be text: put it in quotes/],
  ["a cluster id in capitals", "id: west", "id: West", 13, /"West" is no cluster id/],
  ["a node name with a blank", "node: w1", "node: w 1", 2, /"w 1" is no node name/],
  [
    "host bits",
    "subnets: [10.2.0.0/16]",
    "subnets: [10.2.3.4/16]",
    14,
    /10\.2\.3\.4\/16 has host bits set: write 10\.2\.0\.0\/16/,
  ],
  [
    "a prefix length out of range",
    "10.2.0.0/16",
    "10.2.0.0/33",
    14,
    /prefix length "33" of 10\.2\.0\.0 is out of range: use 0 to 32/,
  ],
  ["an address that is none", "172.31.9.3", "172.31.9.300", 16, /"172\.31\.9\.300" is no IP address/],
  ["an IPv4-mapped address", "172.31.9.3", '"::ffff:172.31.9.3"', 16, /write 172\.31\.9\.3/],
  ["a loopback peer", "172.31.9.3", "127.0.0.1", 16, /127\.0\.0\.1 is a loopback address/],
  ["a multicast subnet", "subnets: [10.2.0.0/16]", "subnets: [224.0.0.0/8]", 14, /holds multicast addresses/],
  ["half of all IPv4", "subnets: [10.2.0.0/16]", "subnets: [128.0.0.0/1]", 14, /128\.0\.0\.0\/1 holds link-local/],
  ["an IPv6 subnet around IPv4", "subnets: [10.2.0.0/16]", 'subnets: ["::/0"]', 14, /::\/0 holds/],
  [
    "own and remote subnets that overlap",
    "10.2.0.0/16",
    "10.1.128.0/17",
    14,
    /10\.1\.128\.0\/17 of cluster west overlaps 10\.1\.0\.0\/16 of cluster east/,
  ],
  [
    "remote subnets that overlap",
    "clusters:",
    "clusters:\n  - { id: north, subnets: [10.0.0.0/8], gateways: [{ name: g, addresses: [172.31.9.9] }] }",
    15,
    /10\.2\.0\.0\/16 of cluster west overlaps 10\.0\.0\.0\/8 of cluster north/,
  ],
  [
    "the same remote subnet in two clusters",
    "clusters:",
    "clusters:\n  - { id: north, subnets: [10.2.0.0/16], gateways: [{ name: g, addresses: [172.31.9.9] }] }",
    15,
    /10\.2\.0\.0\/16 of cluster west overlaps 10\.2\.0\.0\/16 of cluster north/,
  ],
  [
    "node subnets that overlap",
    "subnets: [10.1.1.0/24]",
    "subnets: [10.1.0.128/25]",
    11,
    /10\.1\.0\.128\/25 of node w1 overlaps 10\.1\.0\.0\/24 of node gw1/,
  ],
  [
    "a node subnet outside the cluster's",
    "subnets: [10.1.1.0/24]",
    "subnets: [10.9.1.0/24]",
    11,
    /10\.9\.1\.0\/24 of node w1 is not inside the own cluster's subnets/,
  ],
  [
    "pods' subnets that are none of the cluster's",
    "nodes:",
    "podSubnets: [10.1.0.0/17]\nnodes:",
    4,
    /10\.1\.0\.0\/17 is none of the subnets: name only such as stand there/,
  ],
  [
    "a node inside its own subnets",
    "addresses: [172.31.1.3]",
    "addresses: [10.1.1.9]",
    10,
    /10\.1\.1\.9 of node w1 is inside 10\.1\.0\.0\/16 of cluster east/,
  ],
  [
    "a peer inside its own subnets",
    "172.31.9.3",
    "10.2.0.1",
    16,
    /10\.2\.0\.1 of gateway west\/gw1 is inside 10\.2\.0\.0\/16 of cluster west/,
  ],
  ["a peer inside our subnets", "172.31.9.3", "10.1.7.1", 16, /is inside 10\.1\.0\.0\/16 of cluster east/],
  [
    "an id that is there twice",
    "clusters:",
    "clusters:\n  - { id: west, subnets: [10.3.0.0/16], gateways: [{ name: g, addresses: [172.31.9.9] }] }",
    14,
    /cluster west is there twice/,
  ],
  ["the own cluster among the others", "id: west", "id: east", 13, /east is the own cluster: list only the others/],
  [
    "a node name that is there twice",
    "  - name: w1",
    "  - { name: w1, addresses: [172.31.1.9] }\n  - name: w1",
    10,
    /node w1 is there twice/,
  ],
  [
    "an address that is there twice",
    "172.31.9.3",
    "172.31.1.3",
    16,
    /address 172\.31\.1\.3 is there twice \(node w1 and gateway west\/gw1\)/,
  ],
  ["an own node that is not listed", "node: w1", "node: w9", 2, /node w9 is not among the nodes/],
  ["no gateway of our own", "    gateway: true\n", "", 4, /no node is a gateway/],
  [
    "families that cannot meet",
    'addresses: [172.31.1.2, "fd31:1::2"]',
    'addresses: ["fd31:1::2"]',
    16,
    /gateway west\/gw1 has IPv4 and our gateways have IPv6 addresses only/,
  ],
  ["an MTU below 1280", "node: w1", "node: w1\nmtu: 1279", 3, /MTU 1279 is below 1280/],
  ["an MTU in quotes", "node: w1", 'node: w1\nmtu: "1500"', 3, /mtu must be a number/],
  ["port 0", "[172.31.9.3] }", "[172.31.9.3], port: 0 }", 16, /port 0 is out of range/],
  ["port 65536", "[172.31.9.3] }", "[172.31.9.3], port: 65536 }", 16, /port 65536 is out of range/],
  ["an empty list of subnets", "subnets: [10.2.0.0/16]", "subnets: []", 14, /subnets is an empty list: name at least one/],
  ["an empty list of addresses", "addresses: [172.31.9.3]", "addresses: []", 16, /addresses is an empty list/],
  ["an empty list of uplinks", "node: w1", "node: w1\nuplinks: []", 3, /uplinks is an empty list/],
  ["an interface name that cannot be", "node: w1", "node: w1\nuplinks: [an-interface-too-long]", 3, /no interface name/],
  ["a relative pin directory", "node: w1", "node: w1\npinDir: bpf/strait", 3, /no absolute path/],
  ["a pin directory with ..", "node: w1", "node: w1\npinDir: /sys/fs/bpf/../x", 3, /no absolute path/],
  ["listening beyond loopback", "node: w1", "node: w1\nlisten: 0.0.0.0:80", 3, /0\.0\.0\.0 is not loopback/],
  ["a log level that is none", "node: w1", "node: w1\nlog: loud", 3, /log must be debug, info, warn or error/],
  ["an alias that leads nowhere", "node: w1", "node: *nowhere", 2, /nowhere/],
];

describe("parseClusterFile refuses", () => {
  test.each(BAD)("%s, with the line", (_, from, to, line, reason) => {
    expect(GOOD).toContain(from);
    const parsed = parseClusterFile(GOOD.replace(from, to));
    if (parsed.ok) throw new Error("accepted");
    expect(parsed.reasons.map((r) => `${r.line}: ${r.reason}`).join("\n")).toMatch(
      new RegExp(`^${line}: .*(${reason.source})`, "m"),
    );
  });

  test("a node that shares no family with its gateways", () => {
    const text = GOOD.replace('addresses: [172.31.1.2, "fd31:1::2"]', "addresses: [172.31.1.2]").replace(
      "172.31.1.3",
      '"fd31:1::3"',
    );
    expect(parseClusterFile(text)).toEqual({
      ok: false,
      reasons: [{ line: 10, reason: "node w1 has IPv6 and our gateways have IPv4 addresses only: add one of the same family" }],
    });
  });

  test("an empty file", () => {
    expect(parseClusterFile("# nothing\n")).toEqual({
      ok: false,
      reasons: [{ line: 1, reason: expect.stringContaining("empty") }],
    });
  });

  test("aliases that multiply without end", () => {
    const bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
    for (let i = 1; i < 12; i++)
      bomb.push(
        `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(", ")}]`,
      );
    expect(parseClusterFile(bomb.join("\n"))).toMatchObject({ ok: false });
  });

  test("every fault at once, sorted by line", () => {
    const parsed = parseClusterFile(GOOD.replace("172.31.9.3", "10.2.0.1").replace("node: w1", "node: w9"));
    expect(parsed.ok ? [] : parsed.reasons.map((r) => r.line)).toEqual([2, 16]);
  });
});

test("parseClusterFile answers any text: cutting the file anywhere never throws", () => {
  for (let end = 0; end < GOOD.length; end++) expect(typeof parseClusterFile(GOOD.slice(0, end)).ok).toBe("boolean");
});
