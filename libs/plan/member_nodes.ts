// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type Cidr,
  compareAddress,
  compareCidr,
  contains,
  covers,
  formatAddress,
  formatCidr,
  hostCidr,
  type NodeName,
  type NodeSpec,
  type Problem,
  sameAddress,
  sameCidr,
  sameRow,
  specialAddress,
} from "@strait/model";
import { Claimants } from "./claimants.ts";
import { type GatewayPart, gatewayParts, type ListedGateway } from "./gateway_parts.ts";
import type { MemberNode, MemberPod } from "./membership_view.ts";

interface KnownPod {
  readonly pod: MemberPod;
  readonly hosts: readonly { readonly key: string; readonly cidr: Cidr }[];
}

/** One node's part of the plan. `outside` are addresses of its pods that nobody announces. */
interface Built {
  readonly spec: NodeSpec | undefined;
  readonly problems: readonly Problem[];
  readonly outside: readonly Address[];
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const newerFirst = (a: MemberPod, b: MemberPod): number => b.createdAt - a.createdAt || byText(a.key, b.key);

function sameList<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean {
  return a.length === b.length && a.every((item, i) => same(item, b[i] as T));
}

function sameSpec(a: NodeSpec | undefined, b: NodeSpec | undefined): boolean {
  if (!a || !b) return a === b;
  const flags = a.name === b.name && a.gateway === b.gateway && a.ready === b.ready;
  const steps = a.standby === b.standby && a.left === b.left;
  return flags && steps && sameList(a.addresses, b.addresses, sameAddress) && sameList(a.subnets, b.subnets, sameCidr);
}

/**
 * The nodes of the own cluster, kept up to date: what changes is made anew, the rest stays the same objects.
 *
 * A node's subnets are its pod CIDRs, and a prefix of its own for each pod that lies outside them: the longest prefix wins, so
 * both kinds of CNI plugin are right without knowing which it is.
 */
export class MemberNodes {
  readonly #nodes = new Map<NodeName, MemberNode>();
  readonly #pods = new Map<string, KnownPod>();
  readonly #podsOf = new Map<NodeName, Map<string, KnownPod>>();
  readonly #addresses = new Claimants<NodeName>(byText);
  readonly #podCidrs = new Claimants<NodeName>(byText);
  readonly #hosts = new Claimants<MemberPod>(newerFirst);
  readonly #built = new Map<NodeName, Built>();
  /** Those of which there is something to tell. */
  readonly #troubled = new Set<NodeName>();
  #dirty = new Set<NodeName>();
  #subnets: readonly Cidr[] = [];
  #specs: readonly NodeSpec[] = [];
  readonly #labelled = new Set<NodeName>();
  #listed: readonly ListedGateway[] = [];
  #ready: NodeName | undefined;
  #parts: ReadonlyMap<NodeName, GatewayPart> = new Map();
  #partsChanged = false;

  /** What the own cluster's Endpoint says of its gateways; empty where there is none. */
  set listed(listed: readonly ListedGateway[]) {
    if (sameList(this.#listed, listed, (a, b) => a.name === b.name && a.phase === b.phase)) return;
    this.#listed = listed;
    this.#partsChanged = true;
  }

  /** The own node, once its gateway found that the other clusters know it. */
  set ready(ready: NodeName | undefined) {
    this.#partsChanged ||= this.#ready !== ready;
    this.#ready = ready;
  }

  /** What the own cluster announces: pods and nodes are judged by it. */
  set subnets(subnets: readonly Cidr[]) {
    if (sameList(this.#subnets, subnets, sameCidr)) return;
    this.#subnets = subnets;
    for (const name of this.#nodes.keys()) this.#dirty.add(name);
  }

  /** Takes a node in, or what became of it. */
  putNode(node: MemberNode): void {
    this.#release(node.name);
    this.#nodes.set(node.name, node);
    this.#label(node.name, node.gateway);
    for (const address of node.addresses) this.#mark(this.#addresses.add(formatAddress(address), node.name));
    for (const cidr of node.podCidrs) this.#mark(this.#podCidrs.add(formatCidr(cidr), node.name));
    this.#dirty.add(node.name);
  }

  deleteNode(name: NodeName): void {
    this.#release(name);
    this.#nodes.delete(name);
    this.#label(name, false);
    this.#dirty.add(name);
  }

  /** Takes a pod in, or what became of it. */
  putPod(pod: MemberPod): void {
    const known = this.#pods.get(pod.key)?.pod;
    const same = known && known.node === pod.node && known.createdAt === pod.createdAt;
    if (same && sameList(known.addresses, pod.addresses, sameAddress)) return;
    this.deletePod(pod.key);
    const entry: KnownPod = {
      pod,
      hosts: pod.addresses.map((address) => ({ key: formatAddress(address), cidr: hostCidr(address) })),
    };
    this.#pods.set(pod.key, entry);
    const siblings = this.#podsOf.get(pod.node) ?? new Map<string, KnownPod>();
    this.#podsOf.set(pod.node, siblings.set(pod.key, entry));
    for (const { key } of entry.hosts) for (const other of this.#hosts.add(key, pod)) this.#dirty.add(other.node);
    this.#dirty.add(pod.node);
  }

  deletePod(key: string): void {
    const known = this.#pods.get(key);
    if (!known) return;
    this.#pods.delete(key);
    this.#podsOf.get(known.pod.node)?.delete(key);
    for (const { key: host } of known.hosts) {
      for (const other of this.#hosts.remove(host, known.pod)) this.#dirty.add(other.node);
    }
    this.#dirty.add(known.pod.node);
  }

  /** The nodes by name; the same list where none changed. */
  specs(): readonly NodeSpec[] {
    const changed = new Map<NodeName, NodeSpec | undefined>();
    this.#choose();
    for (const name of this.#dirty) {
      const before = this.#built.get(name);
      const node = this.#nodes.get(name);
      const after = node && this.#build(node);
      const same = sameSpec(before?.spec, after?.spec);
      if (after) this.#built.set(name, same ? { ...after, spec: before?.spec } : after);
      else this.#built.delete(name);
      if (after && after.problems.length + after.outside.length > 0) this.#troubled.add(name);
      else this.#troubled.delete(name);
      if (!same) changed.set(name, after?.spec);
    }
    this.#dirty = new Set();
    if (changed.size > 0) this.#specs = replaced(this.#specs, changed);
    return this.#specs;
  }

  /** What could not be taken in, as of the last `specs()`. */
  problems(): readonly Problem[] {
    const all = [...this.#troubled].sort(byText).flatMap((name) => this.#built.get(name) ?? []);
    const outside = all.flatMap((built) => built.outside);
    const [first] = outside.sort(compareAddress);
    if (!first) return all.flatMap((built) => built.problems);
    const others = outside.length > 1 ? ` and ${outside.length - 1} other pods` : "";
    const reason = `pod ${formatAddress(first)}${others} cannot be reached from other clusters: no announced subnet holds the address`;
    return [...all.flatMap((built) => built.problems), { object: "pods", reason }];
  }

  #label(name: NodeName, gateway: boolean): void {
    const had = this.#labelled.has(name);
    if (gateway) this.#labelled.add(name);
    else this.#labelled.delete(name);
    // Also where a node comes or goes that the Endpoint lists.
    this.#partsChanged ||= had !== gateway || this.#listed.some((one) => one.name === name);
  }

  #choose(): void {
    if (!this.#partsChanged) return;
    this.#partsChanged = false;
    const before = this.#parts;
    const known = (name: NodeName): boolean => this.#nodes.has(name);
    this.#parts = gatewayParts({ labelled: this.#labelled, listed: this.#listed, ready: this.#ready, known });
    for (const name of new Set([...before.keys(), ...this.#parts.keys()])) {
      if (!sameRow(before.get(name), this.#parts.get(name))) this.#dirty.add(name);
    }
  }

  #mark(names: readonly NodeName[]): void {
    for (const name of names) this.#dirty.add(name);
  }

  #release(name: NodeName): void {
    const node = this.#nodes.get(name);
    for (const address of node?.addresses ?? []) this.#mark(this.#addresses.remove(formatAddress(address), name));
    for (const cidr of node?.podCidrs ?? []) this.#mark(this.#podCidrs.remove(formatCidr(cidr), name));
  }

  #build({ name, addresses, podCidrs, ready }: MemberNode): Built {
    const part = this.#parts.get(name);
    const problems: Problem[] = [];
    const refuse = (reason: string): false => {
      problems.push({ object: `node ${name}`, reason });
      return false;
    };
    const usable = addresses.filter((address) => {
      const text = formatAddress(address);
      const special = specialAddress(address);
      if (special) return refuse(`${text} is a ${special} address and is not used`);
      const around = this.#subnets.find((subnet) => contains(subnet, address));
      if (around)
        return refuse(`${text} is inside ${formatCidr(around)}, which the own cluster announces: tunnels cannot end there`);
      const winner = this.#addresses.winner(text);
      return winner === name || refuse(`${text} is an address of node ${winner} too, which keeps it`);
    });
    const prefixes = podCidrs.filter((cidr) => {
      const text = formatCidr(cidr);
      if (!this.#subnets.some((subnet) => covers(subnet, cidr)))
        return refuse(`its pod subnet ${text} is not inside the subnets that the own cluster announces: correct those`);
      const winner = this.#podCidrs.winner(text);
      return winner === name || refuse(`its pod subnet ${text} is node ${winner}'s too, which keeps it`);
    });
    if (usable.length === 0) {
      refuse("it has no address that tunnels can end at");
      return { spec: undefined, problems, outside: [] };
    }
    const hosts: Cidr[] = [];
    const outside: Address[] = [];
    for (const { pod, hosts: own } of this.#podsOf.get(name)?.values() ?? []) {
      for (const { key, cidr } of own) {
        if (prefixes.some((prefix) => contains(prefix, cidr.address))) continue;
        if (!this.#subnets.some((subnet) => contains(subnet, cidr.address))) outside.push(cidr.address);
        else if (this.#hosts.winner(key) === pod) hosts.push(cidr);
      }
    }
    const subnets = [...prefixes, ...hosts].sort(compareCidr);
    const gateway = { gateway: part !== undefined, ...(part?.standby && { standby: true }), ...(part?.left && { left: true }) };
    return { spec: { name, addresses: usable, subnets, ...gateway, ...(!ready && { ready }) }, problems, outside };
  }
}

/** Up to so many changes are looked for one by one: the list may have thousands of members. */
const FEW = 16;

/** As {@linkcode replaced}: a copy of pointers and a search for each change. */
function replacedFew(list: readonly NodeSpec[], changes: ReadonlyMap<NodeName, NodeSpec | undefined>): readonly NodeSpec[] {
  const copy = list.slice();
  for (const [name, spec] of changes) {
    let [low, high] = [0, copy.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (byText((copy[middle] as NodeSpec).name, name) < 0) low = middle + 1;
      else high = middle;
    }
    const there = copy[low]?.name === name ? 1 : 0;
    copy.splice(low, there, ...(spec ? [spec] : []));
  }
  return copy;
}

/** The list, sorted by name, with these entries put in, replaced or left out. */
function replaced(list: readonly NodeSpec[], changes: ReadonlyMap<NodeName, NodeSpec | undefined>): readonly NodeSpec[] {
  if (changes.size <= FEW) return replacedFew(list, changes);
  const kept: NodeSpec[] = [];
  const fresh = new Map(changes);
  for (const spec of list) {
    const next = changes.has(spec.name) ? changes.get(spec.name) : spec;
    fresh.delete(spec.name);
    if (next) kept.push(next);
  }
  const added = [...fresh.values()].filter((spec) => spec !== undefined);
  return added.length === 0 ? kept : [...kept, ...added].sort((a, b) => byText(a.name, b.name));
}
