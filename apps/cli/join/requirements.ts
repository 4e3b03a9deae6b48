// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, ClusterKind } from "@strait/k8s";
import { overlaps, parseCidr } from "@strait/model";
import { Failure } from "../failure.ts";
import { joined, listAll } from "../show/read.ts";
import type { Network } from "./network.ts";

/** The oldest Kubernetes that knows server-side apply and EndpointSlices as we use them. */
const OLDEST = { major: 1, minor: 22 };

/** Refuses a Kubernetes that is too old. @returns what was found, in words */
export async function checkVersion(client: ApiClient, ignore: boolean): Promise<string> {
  const { gitVersion } = await client.version();
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(gitVersion) ?? [];
  const old = Number(major) < OLDEST.major || (Number(major) === OLDEST.major && Number(minor) < OLDEST.minor);
  if (old && !ignore) {
    throw new Failure(
      `Kubernetes ${gitVersion} is older than v${OLDEST.major}.${OLDEST.minor}: upgrade it, or say --ignore-requirements`,
    );
  }
  return `The cluster runs Kubernetes ${gitVersion}`;
}

export interface Membership {
  readonly broker: ApiClient;
  readonly own: ApiClient;
  readonly brokerNamespace: string;
  readonly namespace: string;
  readonly clusterId: string;
  readonly network: Network;
}

/** Refuses an id that another cluster has, and subnets that another cluster announces. Joining again is no conflict. */
export async function checkMembership({
  broker,
  own,
  brokerNamespace,
  namespace,
  clusterId,
  network,
}: Membership): Promise<string> {
  const before = await joined(own, namespace);
  const joinedAs = before?.spec?.clusterID;
  if (joinedAs !== undefined && joinedAs !== clusterId) {
    throw new Failure(`this cluster has joined as "${joinedAs}": say --clusterid ${joinedAs}, or run strait uninstall first`);
  }
  const members = await listAll(broker, ClusterKind, brokerNamespace);
  for (const { spec } of members) {
    if (spec.cluster_id === clusterId) {
      if (joinedAs !== undefined) continue;
      throw new Failure(`a cluster "${clusterId}" is a member already: choose another --clusterid`);
    }
    const clash = overlapOf([...network.podCidrs, ...network.serviceCidrs], [...spec.cluster_cidr, ...spec.service_cidr]);
    if (clash && spec.global_cidr.length === 0) {
      throw new Failure(
        `${clash.ours} overlaps ${clash.theirs} of cluster "${spec.cluster_id}": the clusters of a clusterset need addresses of their own`,
      );
    }
  }
  const others = members.filter(({ spec }) => spec.cluster_id !== clusterId).map(({ spec }) => spec.cluster_id);
  return others.length === 0 ? "The broker has no other member yet" : `The broker knows ${others.sort().join(", ")}`;
}

/** The first two subnets that share an address. */
export function overlapOf(
  ours: readonly string[],
  theirs: readonly string[],
): { readonly ours: string; readonly theirs: string } | undefined {
  for (const own of ours) {
    for (const other of theirs) {
      const [a, b] = [parseCidr(own), parseCidr(other)];
      if (a.ok && b.ok && overlaps(a.value, b.value)) return { ours: own, theirs: other };
    }
  }
  return undefined;
}
