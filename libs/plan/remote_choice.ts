// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type Cidr,
  covers,
  type MemberEndpoint,
  type RemoteCluster,
  type RemoteGateway,
  sameAddress,
  sameCidr,
} from "@strait/model";

/** Which of two Endpoints of one cluster counts: the newer one first. A failover makes a new one, and the old one may linger. */
export function newerFirst(a: MemberEndpoint, b: MemberEndpoint): number {
  return b.createdAt - a.createdAt || (a.uid < b.uid ? 1 : a.uid > b.uid ? -1 : 0);
}

/** The subnets without those that another one of the list holds. */
export function broadest(subnets: readonly Cidr[]): readonly Cidr[] {
  const held = (inner: Cidr, i: number): boolean =>
    subnets.some((outer, o) => o !== i && covers(outer, inner) && (!sameCidr(outer, inner) || o < i));
  return subnets.filter((subnet, i) => !held(subnet, i));
}

/** Where cables to a gateway end. Until NAT discovery says more, the cluster's own word on translation decides. */
export function endsOf(endpoint: MemberEndpoint, gateway: MemberEndpoint["gateways"][number]): readonly Address[] {
  return endpoint.natEnabled && gateway.publicIps.length > 0 ? gateway.publicIps : gateway.privateIps;
}

function sameGateway(a: RemoteGateway, b: RemoteGateway | undefined): boolean {
  if (!b || a.name !== b.name || a.port !== b.port || a.leaving !== b.leaving || a.addresses.length !== b.addresses.length)
    return false;
  return a.addresses.every((address, i) => sameAddress(address, b.addresses[i] as Address));
}

/** The choice with the objects of the one before wherever they are equal; that one itself where all is. */
export function keepingOld(next: RemoteCluster, old: RemoteCluster | undefined): RemoteCluster {
  if (!old) return next;
  const subnets = next.subnets.map((subnet) => old.subnets.find((known) => sameCidr(known, subnet)) ?? subnet);
  const gateways = next.gateways.map((gateway) => old.gateways.find((known) => sameGateway(known, gateway)) ?? gateway);
  const sameSubnets = subnets.length === old.subnets.length && subnets.every((subnet, i) => subnet === old.subnets[i]);
  const sameGateways = gateways.length === old.gateways.length && gateways.every((gateway, i) => gateway === old.gateways[i]);
  return sameSubnets && sameGateways ? old : { id: next.id, subnets, gateways };
}
