// SPDX-License-Identifier: Apache-2.0
import type { Manifest } from "@strait/k8s";
import { accounts, type BrokerAddress, namespaceObject } from "@strait/manifests";
import type { Cluster } from "../connect.ts";
import { definitionsToInstall } from "../crds.ts";
import type { Io } from "../io.ts";
import type { JoinOptions } from "./join_options.ts";
import { ownFailure } from "./own_failure.ts";
import { checkPodSecurity } from "./pod_security.ts";
import { checkEarlierJoin, checkVersion } from "./requirements.ts";
import { checkRights, rightsFor } from "./rights.ts";

/** Kinds that are made besides accounts: their names do not matter to the rights. */
function otherKinds(namespace: string): Manifest[] {
  const kinds = [
    ["v1", "Secret"],
    ["apps/v1", "DaemonSet"],
    ["submariner.io/v1alpha1", "Submariner"],
  ] as const;
  return kinds.map(([apiVersion, kind]) => ({ apiVersion, kind, metadata: { name: "any", namespace } }));
}

export interface CheckParts {
  readonly io: Pick<Io, "signal">;
  readonly own: Pick<Cluster, "client" | "name">;
  readonly options: Pick<JoinOptions, "ignoreRequirements" | "dryRun">;
  readonly namespace: string;
  readonly clusterId: string;
  readonly broker: BrokerAddress;
}

/**
 * Finds what would stop a join half-way, before it begins.
 *
 * @returns what was found, in words, and whether the cluster has joined before
 */
export async function checkCluster({
  io: { signal },
  own: { client, name },
  options: { ignoreRequirements, dryRun },
  namespace,
  clusterId,
  broker,
}: CheckParts): Promise<{ readonly text: string; readonly member: boolean }> {
  const text = await checkVersion(client, ignoreRequirements).catch((error: unknown) => {
    throw ownFailure(error, name);
  });
  if (!ignoreRequirements && !dryRun) {
    const definition = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name: "any" } };
    const rights = rightsFor([namespaceObject(namespace), ...accounts(namespace), ...otherKinds(namespace), definition]);
    const nodes = ["list", "patch"].map((verb) => ({ verb, group: "", resource: "nodes" }));
    const definitions = { verb: "list", group: "apiextensions.k8s.io", resource: "customresourcedefinitions" };
    await checkRights(client, [...rights, ...nodes, definitions], signal);
    await checkPodSecurity(client, namespace, signal);
    await definitionsToInstall(client, signal);
  }
  const before = await checkEarlierJoin(client, { namespace, clusterId, broker });
  return { text, member: before !== undefined };
}
