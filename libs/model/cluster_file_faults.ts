// SPDX-License-Identifier: Apache-2.0
import { type Address, formatAddress } from "./address.ts";
import { type Cidr, compareCidr, contains, covers, formatCidr, overlaps, sameCidr } from "./cidr.ts";
import type { ClusterFile } from "./cluster_file.ts";

/** Where in the file: keys and list positions from the top. */
export type Path = readonly (string | number)[];

/** Something the file says that cannot be, and what to change. */
export interface Fault {
  readonly path: Path;
  readonly reason: string;
}

/** A value with its place and whose it is. */
interface At<T> {
  readonly value: T;
  readonly path: Path;
  readonly whose: string;
}

function announcedSubnets(file: ClusterFile): At<Cidr>[] {
  const own = file.subnets.map((value, i) => ({ value, path: ["subnets", i], whose: `cluster ${file.cluster}` }));
  const others = file.clusters.flatMap(({ id, subnets }, c) =>
    subnets.map((value, i) => ({ value, path: ["clusters", c, "subnets", i], whose: `cluster ${id}` })),
  );
  return [...own, ...others];
}

function nodeSubnets(file: ClusterFile): At<Cidr>[] {
  return file.nodes.flatMap(({ name, subnets }, n) =>
    subnets.map((value, i) => ({ value, path: ["nodes", n, "subnets", i], whose: `node ${name}` })),
  );
}

function tunnelAddresses(file: ClusterFile): At<Address>[] {
  const own = file.nodes.flatMap(({ name, addresses }, n) =>
    addresses.map((value, i) => ({ value, path: ["nodes", n, "addresses", i], whose: `node ${name}` })),
  );
  const others = file.clusters.flatMap(({ id, gateways }, c) =>
    gateways.flatMap(({ name, addresses }, g) =>
      addresses.map((value, i) => ({
        value,
        path: ["clusters", c, "gateways", g, "addresses", i],
        whose: `gateway ${id}/${name}`,
      })),
    ),
  );
  return [...own, ...others];
}

function* repeated(list: readonly At<string>[], what: string): Generator<Fault> {
  const seen = new Map<string, string>();
  for (const { value, path, whose } of list) {
    const first = seen.get(value);
    if (first === undefined) seen.set(value, whose);
    else yield { path, reason: `${what} ${value} is there twice (${first} and ${whose}): keep one` };
  }
}

/** Sorted by first address, a prefix can only overlap one that is still open: no comparison of all with all. */
function* overlapping(list: readonly At<Cidr>[]): Generator<Fault> {
  const sorted = [...list].sort((a, b) => compareCidr(a.value, b.value));
  let open: At<Cidr> | undefined;
  for (const entry of sorted) {
    if (open && overlaps(open.value, entry.value)) {
      const [first, second] = list.indexOf(open) < list.indexOf(entry) ? [open, entry] : [entry, open];
      const names = `${formatCidr(second.value)} of ${second.whose} overlaps ${formatCidr(first.value)} of ${first.whose}`;
      yield { path: second.path, reason: `${names}: change one of them` };
    } else open = entry;
  }
}

function* membership(file: ClusterFile): Generator<Fault> {
  if (!file.nodes.some((node) => node.name === file.node)) {
    yield { path: ["node"], reason: `node ${file.node} is not among the nodes: add it there or correct the name` };
  }
  for (const [c, { id }] of file.clusters.entries()) {
    if (id === file.cluster) yield { path: ["clusters", c, "id"], reason: `${id} is the own cluster: list only the others` };
  }
  yield* repeated(
    file.clusters.map(({ id }, c) => ({ value: id, path: ["clusters", c, "id"], whose: `entry ${c + 1}` })),
    "cluster",
  );
  yield* repeated(
    file.nodes.map(({ name }, n) => ({ value: name, path: ["nodes", n, "name"], whose: `entry ${n + 1}` })),
    "node",
  );
  for (const [c, { gateways }] of file.clusters.entries()) {
    const names = gateways.map(({ name }, g) => ({
      value: name,
      path: ["clusters", c, "gateways", g, "name"],
      whose: `entry ${g + 1}`,
    }));
    yield* repeated(names, "gateway");
  }
}

function* meeting(file: ClusterFile): Generator<Fault> {
  if (file.clusters.length === 0) return;
  const own = file.nodes.filter((node) => node.gateway).flatMap((node) => node.addresses);
  if (own.length === 0) {
    yield { path: ["nodes"], reason: "no node is a gateway, so the other clusters cannot be reached: set gateway: true on one" };
    return;
  }
  const families = (list: readonly Address[]): string => [...new Set(list.map((a) => `IPv${a.family}`))].sort().join(" and ");
  const meet = (addresses: readonly Address[]): boolean => addresses.some((a) => own.some((b) => a.family === b.family));
  const advice = (addresses: readonly Address[]): string =>
    `has ${families(addresses)} and our gateways have ${families(own)} addresses only: add one of the same family`;
  for (const [n, { name, addresses }] of file.nodes.entries()) {
    if (!meet(addresses)) yield { path: ["nodes", n, "addresses"], reason: `node ${name} ${advice(addresses)}` };
  }
  for (const [c, { id, gateways }] of file.clusters.entries()) {
    for (const [g, { name, addresses }] of gateways.entries()) {
      const path = ["clusters", c, "gateways", g, "addresses"];
      if (!meet(addresses)) yield { path, reason: `gateway ${id}/${name} ${advice(addresses)}` };
    }
  }
}

/** What the values mean together: every contradiction, in the order of the rules. Empty where the file can be used. */
export function clusterFileFaults(file: ClusterFile): Fault[] {
  const announced = announcedSubnets(file);
  const ends = tunnelAddresses(file);
  const faults = [...membership(file), ...overlapping(announced), ...overlapping(nodeSubnets(file))];
  for (const { value, path, whose } of nodeSubnets(file)) {
    if (file.subnets.some((subnet) => covers(subnet, value))) continue;
    const reason = `${formatCidr(value)} of ${whose} is not inside the own cluster's subnets: add it there or correct it`;
    faults.push({ path, reason });
  }
  for (const [i, value] of (file.podSubnets ?? []).entries()) {
    if (file.subnets.some((subnet) => sameCidr(subnet, value))) continue;
    faults.push({
      path: ["podSubnets", i],
      reason: `${formatCidr(value)} is none of the subnets: name only such as stand there`,
    });
  }
  for (const { value, path, whose } of ends) {
    const around = announced.find((subnet) => contains(subnet.value, value));
    if (!around) continue;
    const inside = `${formatAddress(value)} of ${whose} is inside ${formatCidr(around.value)} of ${around.whose}`;
    faults.push({ path, reason: `${inside}, so its tunnel would lead into itself: use an address outside, or a smaller subnet` });
  }
  faults.push(
    ...repeated(
      ends.map(({ value, path, whose }) => ({ value: formatAddress(value), path, whose })),
      "address",
    ),
  );
  faults.push(...meeting(file));
  return faults;
}
