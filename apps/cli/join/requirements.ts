// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, ClusterKind, SecretKind, type Submariner } from "@strait/k8s";
import { type BrokerAddress, NAMES } from "@strait/manifests";
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

/** Refuses a cluster that has joined under another id, or another broker's clusterset. Joining again is no conflict. */
export async function checkEarlierJoin(
  own: ApiClient,
  { namespace, clusterId, broker }: { readonly namespace: string; readonly clusterId: string; readonly broker: BrokerAddress },
): Promise<Submariner | undefined> {
  const before = await joined(own, namespace);
  const joinedAs = before?.spec?.clusterID;
  if (joinedAs !== undefined && joinedAs !== clusterId) {
    throw new Failure(`this cluster has joined as "${joinedAs}": say --clusterid ${joinedAs}, or run strait uninstall first`);
  }
  const address = before?.spec?.brokerK8sApiServer;
  if (address !== undefined && address !== broker.apiServer) {
    // A broker may have moved; its authority stays.
    const secret = await own.resource(SecretKind).get(NAMES.brokerSecret, { namespace });
    const ca = Buffer.from(secret?.data?.["ca.crt"] ?? "", "base64").toString();
    if (ca.trim() !== (broker.ca ?? "").trim()) {
      throw new Failure(
        `this cluster has joined the clusterset of the broker at ${address}, and the join file is of the one at ${broker.apiServer}: run strait uninstall first`,
      );
    }
  }
  return before;
}

export interface Membership {
  readonly broker: ApiClient;
  readonly brokerNamespace: string;
  readonly clusterId: string;
  /** Whether it has joined with this id before. */
  readonly member: boolean;
  readonly network: Network;
}

/** Refuses an id that another cluster has, and subnets that another cluster announces. */
export async function checkMembership({ broker, brokerNamespace, clusterId, member, network }: Membership): Promise<string> {
  const members = await listAll(broker, ClusterKind, brokerNamespace);
  for (const { spec } of members) {
    if (spec.cluster_id === clusterId) {
      if (member) continue;
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
