// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type Cidr,
  type ClusterId,
  covers,
  formatAddress,
  formatCidr,
  hostCidr,
  type MemberEndpoint,
  type NodeName,
  type Problem,
  parseNodeName,
  type RemoteCluster,
  type RemoteGateway,
  sameAddress,
  sameCidr,
  sanitizeName,
} from "@strait/model";
import { type Claim, Claims } from "./claims.ts";
import type { JoinedCluster } from "./membership_view.ts";
import { broadest, endsOf, keepingOld, newerFirst } from "./remote_choice.ts";

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byName = (a: { readonly hostname: string }, b: { readonly hostname: string }): number =>
  byText(sanitizeName(a.hostname), sanitizeName(b.hostname)) || byText(a.hostname, b.hostname);

/** Its tunnel ends are a cluster's in another way than its subnets: one may not lie in the other. */
const endsOwner = (id: ClusterId): string => `${id}/gateways`;

/**
 * Which other clusters are joined, with which subnets and gateways. A prefix belongs to one cluster only:
 *
 * 1. The own cluster's subnets and nodes come before everybody else's.
 * 2. What a cluster was given before and still announces, it keeps.
 * 3. Of new wishes, those of the cluster that joined earlier come first, then those of the lesser id.
 *
 * A cluster that was not joined before and wants anything that is taken is refused whole, as half of it would only confuse. One
 * that was joined keeps what it had, so that nobody loses what works by another's doing or by a mistake of his own.
 *
 * Only clusters that changed, and those that did not get all they want, are looked at again.
 */
export class MemberClusters {
  readonly #endpoints = new Map<string, MemberEndpoint>();
  readonly #keysOf = new Map<ClusterId, Set<string>>();
  readonly #joined = new Map<ClusterId, number>();
  readonly #chosen = new Map<ClusterId, RemoteCluster>();
  readonly #problems = new Map<ClusterId, Problem[]>();
  readonly #dirty = new Set<ClusterId>();
  readonly #claims = new Claims();
  #taken: readonly Claims[] = [];
  #own: ClusterId | undefined;
  #backends: readonly string[] = [];
  #list: readonly RemoteCluster[];

  /** @param previous what was chosen last, perhaps by a process before this one */
  constructor(previous: readonly RemoteCluster[]) {
    this.#list = previous;
    for (const cluster of previous) {
      this.#chosen.set(cluster.id, cluster);
      this.#dirty.add(cluster.id);
    }
  }

  /** The joined ones by id; the same list, with the same members, where nothing changed. As of the last `choose`. */
  get list(): readonly RemoteCluster[] {
    return this.#list;
  }

  /** Why others are not, or not with all that they want. As of the last `choose`. */
  get problems(): readonly Problem[] {
    return [...this.#problems.values()].flat();
  }

  /** Says who we are: own Endpoints do not count, and neither do those with other cable drivers. */
  own(id: ClusterId, backends: readonly string[]): void {
    if (this.#own === id && this.#backends.join() === backends.join()) return;
    this.#own = id;
    this.#backends = backends;
    this.#allDirty();
  }

  /** Says what nobody else may have: what the own cluster announces and where its tunnels end. */
  set taken(taken: readonly Claims[]) {
    if (this.#taken === taken) return;
    this.#taken = taken;
    this.#allDirty();
  }

  /** Says that `taken` itself changed: something may have been given back, and these were taken. */
  takenChanged(come: readonly Claim[]): void {
    for (const id of this.#problems.keys()) this.#dirty.add(id);
    if (come.some(({ cidr, owner }) => this.#claims.conflict(cidr, owner))) this.#allDirty();
  }

  putJoined({ id, createdAt }: JoinedCluster): void {
    if (this.#joined.get(id) === createdAt) return;
    this.#joined.set(id, createdAt);
    this.#dirty.add(id);
  }

  deleteJoined(id: ClusterId): void {
    if (this.#joined.delete(id)) this.#dirty.add(id);
  }

  putEndpoint(key: string, endpoint: MemberEndpoint): void {
    this.deleteEndpoint(key);
    this.#endpoints.set(key, endpoint);
    const keys = this.#keysOf.get(endpoint.clusterId) ?? new Set();
    this.#keysOf.set(endpoint.clusterId, keys.add(key));
    this.#dirty.add(endpoint.clusterId);
  }

  deleteEndpoint(key: string): void {
    const id = this.#endpoints.get(key)?.clusterId;
    if (id === undefined) return;
    this.#endpoints.delete(key);
    const keys = this.#keysOf.get(id);
    if (keys?.delete(key) && keys.size === 0) this.#keysOf.delete(id);
    this.#dirty.add(id);
  }

  /** Chooses anew for those that changed. */
  choose(): void {
    if (this.#dirty.size === 0) return;
    // What one gives back may be what another waits for.
    for (const id of this.#problems.keys()) this.#dirty.add(id);
    const before = new Map([...this.#dirty].map((id) => [id, this.#chosen.get(id)]));
    for (const id of this.#dirty) {
      for (const owner of [id, endsOwner(id)]) this.#claims.removeOf(owner);
      this.#problems.delete(id);
      this.#chosen.delete(id);
    }
    const endpoints = [...this.#dirty].flatMap((id) => this.#usable(id) ?? []).sort((a, b) => this.#earlierFirst(a, b));
    this.#dirty.clear();
    const had = new Map(endpoints.map((endpoint) => [endpoint, this.#keepSubnets(endpoint, before.get(endpoint.clusterId))]));
    for (const endpoint of endpoints) this.#keepEnds(endpoint, before.get(endpoint.clusterId));
    for (const endpoint of endpoints) {
      const id = endpoint.clusterId;
      const subnets = this.#settleSubnets(endpoint, had.get(endpoint) ?? []);
      if (subnets.length === 0) continue;
      const next = { id, subnets, gateways: this.#settleGateways(endpoint) };
      this.#chosen.set(id, keepingOld(next, before.get(id)));
    }
    const list = this.#listed(before);
    const same = list.length === this.#list.length && list.every((cluster, i) => cluster === this.#list[i]);
    if (!same) this.#list = list;
  }

  /** Sorted anew only where one came or went. */
  #listed(before: ReadonlyMap<ClusterId, RemoteCluster | undefined>): readonly RemoteCluster[] {
    const stayed = [...before].every(([id, old]) => (old === undefined) === !this.#chosen.has(id));
    if (!stayed) return [...this.#chosen.values()].sort((a, b) => byText(a.id, b.id));
    return this.#list.map((cluster) => this.#chosen.get(cluster.id) ?? cluster);
  }

  #allDirty(): void {
    for (const id of [...this.#keysOf.keys(), ...this.#chosen.keys()]) this.#dirty.add(id);
  }

  #refuse(id: ClusterId, object: string, reason: string): false {
    const list = this.#problems.get(id) ?? [];
    this.#problems.set(id, [...list, { object, reason }]);
    return false;
  }

  /** The newest Endpoint of another cluster whose cables can be made. */
  #usable(id: ClusterId): MemberEndpoint | undefined {
    if (id === this.#own) return undefined;
    const all = [...(this.#keysOf.get(id) ?? [])].flatMap((key) => this.#endpoints.get(key) ?? []);
    const newest = all.sort(newerFirst)[0];
    if (!newest || this.#backends.includes(newest.backend)) return newest;
    const driver = newest.backend.slice(0, 40);
    const reason = `its cable driver is ${driver} and here only ${this.#backends.join(", ")} can be used: join both with the same one`;
    this.#refuse(id, `cluster ${id}`, reason);
    return undefined;
  }

  #earlierFirst(a: MemberEndpoint, b: MemberEndpoint): number {
    const rank = (endpoint: MemberEndpoint): number => this.#joined.get(endpoint.clusterId) ?? endpoint.createdAt;
    return rank(a) - rank(b) || byText(a.clusterId, b.clusterId);
  }

  #conflict(prefix: Cidr, owner: string): string | undefined {
    for (const others of [...this.#taken, this.#claims]) {
      const claim = others.conflict(prefix, owner);
      if (claim) return `${formatCidr(claim.cidr)} of ${claim.what}`;
    }
    return undefined;
  }

  #claim(id: ClusterId, prefix: Cidr, owner: string): boolean {
    if (this.#conflict(prefix, owner) !== undefined) return false;
    this.#claims.add({ cidr: prefix, owner, what: `cluster ${id}` });
    return true;
  }

  /** What it had and still announces, perhaps as part of something broader. */
  #keepSubnets({ clusterId: id, subnets }: MemberEndpoint, before: RemoteCluster | undefined): readonly Cidr[] {
    const still = (before?.subnets ?? []).filter((old) => subnets.some((subnet) => covers(subnet, old)));
    return still.filter((subnet) => this.#claim(id, subnet, id));
  }

  #keepEnds(endpoint: MemberEndpoint, before: RemoteCluster | undefined): void {
    const id = endpoint.clusterId;
    const old = before?.gateways.flatMap((gateway) => gateway.addresses) ?? [];
    for (const address of endpoint.gateways.flatMap((gateway) => endsOf(endpoint, gateway))) {
      if (old.some((known) => sameAddress(known, address))) this.#claim(id, hostCidr(address), endsOwner(id));
    }
  }

  /** What it gets; empty where it is not joined. */
  #settleSubnets({ clusterId: id, subnets }: MemberEndpoint, had: readonly Cidr[]): readonly Cidr[] {
    const wanted = broadest(subnets);
    const more = wanted.filter((subnet) => !had.some((old) => sameCidr(old, subnet)));
    for (const subnet of more) {
      const other = this.#conflict(subnet, id);
      if (other === undefined) continue;
      const part = had.length > 0 ? "it keeps the subnets it had" : "it is not joined";
      this.#refuse(id, `cluster ${id}`, `${formatCidr(subnet)} overlaps ${other}, so ${part}: give one of them other subnets`);
      return had;
    }
    for (const subnet of more) this.#claim(id, subnet, id);
    return wanted;
  }

  #settleGateways(endpoint: MemberEndpoint): readonly RemoteGateway[] {
    const id = endpoint.clusterId;
    const gateways: RemoteGateway[] = [];
    const used = new Set<string>();
    for (const gateway of [...endpoint.gateways].sort(byName)) {
      const name = parseNodeName(sanitizeName(gateway.hostname));
      if (!name.ok) this.#refuse(id, `gateway ${id}/${gateway.hostname.slice(0, 80)}`, name.reason);
      else if (gateways.some((other) => other.name === name.value)) {
        this.#refuse(id, `gateway ${id}/${name.value}`, "another gateway of the cluster has the same name");
      } else {
        const addresses = endsOf(endpoint, gateway).filter((address) => this.#takeEnd(id, name.value, address, used));
        // One that joins may be sent to: it is listed once it takes what comes.
        const leaving = gateway.phase === "leaving" || gateway.phase === "left";
        if (addresses.length > 0) gateways.push({ name: name.value, addresses, port: gateway.port, ...(leaving && { leaving }) });
      }
    }
    return gateways;
  }

  #takeEnd(id: ClusterId, name: NodeName, address: Address, used: Set<string>): boolean {
    const text = formatAddress(address);
    const object = `gateway ${id}/${name}`;
    if (used.has(text)) return this.#refuse(id, object, `its address ${text} is another gateway's of the cluster too`);
    used.add(text);
    const other = this.#conflict(hostCidr(address), endsOwner(id));
    if (other === undefined) return this.#claim(id, hostCidr(address), endsOwner(id));
    return this.#refuse(id, object, `its address ${text} is taken by ${other}: cables cannot end there`);
  }
}
