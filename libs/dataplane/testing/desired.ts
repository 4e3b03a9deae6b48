// SPDX-License-Identifier: Apache-2.0
import {
  addRow,
  address,
  type ClusterFile,
  cidr,
  clusterId,
  diff,
  emptyRows,
  type IfIndex,
  INTRA_PORT,
  type InnerMtu,
  type MapName,
  mapNames,
  type NodeFacts,
  type Plan,
  parseClusterFile,
  type RowChanges,
  type RowOf,
  type Rows,
  STRAIT_DEVICE,
  sameRow,
  vtepMac,
} from "@strait/model";

const OWN = address("172.31.1.3");
const GATEWAY = address("172.31.1.2");

/** The config of worker w1, whose uplink is the interface of that name. */
export function workerFile(uplink: string): ClusterFile {
  const parsed = parseClusterFile(`
cluster: east
node: w1
subnets: [10.1.0.0/16]
uplinks: [${uplink}]
cniCacheDir: /nonexistent
nodes:
  - { name: gw1, addresses: [172.31.1.2], subnets: [10.1.0.0/24], gateway: true }
  - { name: w1, addresses: [172.31.1.3], subnets: [10.1.1.0/24] }
clusters:
  - { id: west, subnets: [10.2.0.0/16], gateways: [{ name: gw1, addresses: [172.31.9.3] }] }
`);
  if (!parsed.ok) throw new TypeError(JSON.stringify(parsed));
  return parsed.value;
}

/** One hop, one cluster with its slots, one peer, one subnet. */
export function workerRows(uplink: IfIndex): Rows {
  const rows = emptyRows();
  addRow(rows, "hops", {
    index: 1,
    remote: GATEWAY,
    local: OWN,
    ifindex: uplink,
    kind: "node",
    vni: 100,
    port: INTRA_PORT,
    mtu: 1450 as InnerMtu,
    localMac: vtepMac(OWN),
    remoteMac: vtepMac(GATEWAY),
    owner: "agent",
  });
  addRow(rows, "clusters", { index: 1, id: clusterId("west") });
  for (let slot = 0; slot < 256; slot++) addRow(rows, "slots", { cluster: 1, slot, hop: 1 });
  addRow(rows, "peers", { address: GATEWAY, role: "intra", flags: ["node", "gateway"], cluster: 0, hop: 1, local: OWN });
  addRow(rows, "subnets", { prefix: cidr("10.2.0.0/16"), kind: "remote", cluster: 1 });
  return rows;
}

/** What turns some rows into others. */
export function changesBetween(wanted: Rows, present: Rows): RowChanges {
  const changes = { put: emptyRows(), remove: emptyRows() };
  for (const map of mapNames) {
    const [now, before] = [wanted[map], present[map]] as ReadonlyMap<string, RowOf[MapName]>[];
    const { put, remove } = diff(now ?? new Map(), before ?? new Map(), sameRow);
    for (const row of put.values()) addRow(changes.put, map, row as RowOf[MapName]);
    for (const key of remove) addRow(changes.remove, map, before?.get(key) as RowOf[MapName]);
  }
  return changes;
}

/** What the agent of that worker wants, given what there is. */
export function workerDesired(facts: NodeFacts, present: Rows): Plan {
  const uplinks = facts.uplinks.map(({ ifindex }) => ifindex);
  const rows = uplinks[0] === undefined ? emptyRows() : workerRows(uplinks[0]);
  return {
    rows,
    changes: changesBetween(rows, present),
    links: [{ name: STRAIT_DEVICE, port: INTRA_PORT, mac: vtepMac(OWN), mtu: 65485 }],
    routes: [{ destination: cidr("10.2.0.0/16"), ifindex: facts.device, mtu: 1450 as InnerMtu }],
    ownsRoutes: true,
    attach: { uplinks, pods: facts.podInterfaces.map(({ ifindex }) => ifindex) },
    spread: [],
    problems: [],
  };
}
