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
  type Problem,
  parseNodeName,
  type RemoteCluster,
  type RemoteGateway,
  sameAddress,
  sameCidr,
  sanitizeName,
} from "@strait/model";
import { Claims } from "./claims.ts";
import type { JoinedCluster } from "./membership_view.ts";

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const byName = (a: { readonly hostname: string }, b: { readonly hostname: string }): number =>
  byText(sanitizeName(a.hostname), sanitizeName(b.hostname)) || byText(a.hostname, b.hostname);

/** The newest Endpoint of every other cluster: a failover makes a new one, and the old one may linger. */
export function newestEndpoints(own: ClusterId, endpoints: Iterable<MemberEndpoint>): Map<ClusterId, MemberEndpoint> {
  const newest = new Map<ClusterId, MemberEndpoint>();
  for (const endpoint of endpoints) {
    if (endpoint.clusterId === own) continue;
    const known = newest.get(endpoint.clusterId);
    const newer = known && (endpoint.createdAt - known.createdAt || byText(endpoint.uid, known.uid));
    if (newer === undefined || newer > 0) newest.set(endpoint.clusterId, endpoint);
  }
  return newest;
}

/** The subnets without those that another one of the list holds. */
export function broadest(subnets: readonly Cidr[]): readonly Cidr[] {
  return subnets.filter(
    (inner, i) => !subnets.some((outer, o) => o !== i && covers(outer, inner) && (!sameCidr(outer, inner) || o < i)),
  );
}

/** Where cables to a gateway end. Until NAT discovery says more, the cluster's own word on translation decides. */
function endsOf(endpoint: MemberEndpoint, gateway: MemberEndpoint["gateways"][number]): readonly Address[] {
  return endpoint.natEnabled && gateway.publicIps.length > 0 ? gateway.publicIps : gateway.privateIps;
}

function same(a: RemoteCluster, b: RemoteCluster): boolean {
  const subnets = a.subnets.length === b.subnets.length && a.subnets.every((s, i) => sameCidr(s, b.subnets[i] as Cidr));
  return subnets && a.gateways.length === b.gateways.length && a.gateways.every((g, i) => sameGateway(g, b.gateways[i]));
}

function sameGateway(a: RemoteGateway, b: RemoteGateway | undefined): boolean {
  if (!b || a.name !== b.name || a.port !== b.port || a.addresses.length !== b.addresses.length) return false;
  return a.addresses.every((address, i) => sameAddress(address, b.addresses[i] as Address));
}

/** Its tunnel ends are a cluster's in another way than its subnets: one may not lie in the other. */
const endsOwner = (id: ClusterId): string => `${id}/gateways`;

/** What the choice depends on. */
export interface ClustersInput {
  readonly own: ClusterId;
  readonly backends: readonly string[];
  /** What the own cluster announces and where its own tunnels end. */
  readonly taken: readonly Claims[];
  readonly endpoints: Iterable<MemberEndpoint>;
  readonly joined: Iterable<JoinedCluster>;
  /** What was chosen the last time. */
  readonly previous: readonly RemoteCluster[];
}

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
 * Lists keep their order by id, and what is equal to the previous choice is the same object.
 */
export function chooseClusters(input: ClustersInput): { clusters: readonly RemoteCluster[]; problems: readonly Problem[] } {
  const newest = newestEndpoints(input.own, input.endpoints);
  const joined = new Map([...input.joined].map(({ id, createdAt }) => [id, createdAt]));
  const previous = new Map(input.previous.map((cluster) => [cluster.id, cluster]));
  const rank = (endpoint: MemberEndpoint): number => joined.get(endpoint.clusterId) ?? endpoint.createdAt;
  const ordered = [...newest.values()].sort((a, b) => rank(a) - rank(b) || byText(a.clusterId, b.clusterId));
  const claims = new Claims();
  const problems: Problem[] = [];
  const conflict = (prefix: Cidr, owner: string): string | undefined => {
    for (const others of [...input.taken, claims]) {
      const claim = others.conflict(prefix, owner);
      if (claim) return `${formatCidr(claim.cidr)} of ${claim.what}`;
    }
    return undefined;
  };
  const claim = (id: ClusterId, prefix: Cidr, owner: string): boolean => {
    if (conflict(prefix, owner) !== undefined) return false;
    claims.add({ cidr: prefix, owner, what: `cluster ${id}` });
    return true;
  };

  const usable = ordered.filter((endpoint) => {
    if (input.backends.includes(endpoint.backend)) return true;
    const reason = `its cable driver is ${endpoint.backend.slice(0, 40)} and here only ${input.backends.join(", ")} can be used: join both with the same one`;
    problems.push({ object: `cluster ${endpoint.clusterId}`, reason });
    return false;
  });
  const wanted = new Map(usable.map((endpoint) => [endpoint.clusterId, broadest(endpoint.subnets)]));

  const kept = new Map<ClusterId, readonly Cidr[]>();
  for (const { clusterId: id } of usable) {
    const before = previous.get(id)?.subnets ?? [];
    const still = before.filter((old) => wanted.get(id)?.some((prefix) => covers(prefix, old)));
    kept.set(
      id,
      still.filter((prefix) => claim(id, prefix, id)),
    );
  }
  for (const endpoint of usable) {
    const id = endpoint.clusterId;
    const before = previous.get(id)?.gateways.flatMap((gateway) => gateway.addresses) ?? [];
    const still = endpoint.gateways
      .flatMap((gateway) => endsOf(endpoint, gateway))
      .filter((address) => before.some((old) => sameAddress(old, address)));
    for (const address of still) claim(id, hostCidr(address), endsOwner(id));
  }

  const clusters: RemoteCluster[] = [];
  for (const endpoint of usable) {
    const id = endpoint.clusterId;
    const object = `cluster ${id}`;
    const had = kept.get(id) ?? [];
    const more = (wanted.get(id) ?? []).filter((prefix) => !had.some((old) => sameCidr(old, prefix)));
    const clash = more.map((prefix) => ({ prefix, other: conflict(prefix, id) })).find(({ other }) => other !== undefined);
    if (clash) {
      const part = had.length > 0 ? "it keeps the subnets it had" : "it is not joined";
      const reason = `${formatCidr(clash.prefix)} overlaps ${clash.other}, so ${part}: give one of them other subnets`;
      problems.push({ object, reason });
      if (had.length === 0) continue;
    } else for (const prefix of more) claim(id, prefix, id);
    const subnets = clash ? had : (wanted.get(id) ?? []);
    const gateways: RemoteGateway[] = [];
    const used = new Set<string>();
    for (const gateway of [...endpoint.gateways].sort(byName)) {
      const name = parseNodeName(sanitizeName(gateway.hostname));
      const refuse = (reason: string): boolean => {
        problems.push({ object: `gateway ${id}/${name.ok ? name.value : gateway.hostname.slice(0, 80)}`, reason });
        return false;
      };
      if (!name.ok) {
        refuse(name.reason);
        continue;
      }
      if (gateways.some((other) => other.name === name.value)) {
        refuse("another gateway of the cluster has the same name");
        continue;
      }
      const addresses = endsOf(endpoint, gateway).filter((address) => {
        const text = formatAddress(address);
        if (used.has(text)) return refuse(`its address ${text} is another gateway's of the cluster too`);
        used.add(text);
        const other = conflict(hostCidr(address), endsOwner(id));
        if (other === undefined) return claim(id, hostCidr(address), endsOwner(id));
        return refuse(`its address ${text} is taken by ${other}: cables cannot end there`);
      });
      if (addresses.length > 0) gateways.push({ name: name.value, addresses, port: gateway.port });
    }
    const old = previous.get(id);
    const next: RemoteCluster = {
      id,
      subnets: subnets.map((prefix) => old?.subnets.find((known) => sameCidr(known, prefix)) ?? prefix),
      gateways: gateways.map((gateway) => old?.gateways.find((known) => sameGateway(known, gateway)) ?? gateway),
    };
    clusters.push(old && same(old, next) ? old : next);
  }
  clusters.sort((a, b) => byText(a.id, b.id));
  const unchanged = clusters.length === input.previous.length && clusters.every((cluster, i) => cluster === input.previous[i]);
  return { clusters: unchanged ? input.previous : clusters, problems };
}
