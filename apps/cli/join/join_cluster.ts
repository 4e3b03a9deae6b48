// SPDX-License-Identifier: Apache-2.0
import { ApiClient, type Manifest } from "@strait/k8s";
import { type JoinFile, parseClusterId } from "@strait/model";
import type { JoinOptions } from "../commands/join.ts";
import type { Cluster } from "../connect.ts";
import { installCrds } from "../crds.ts";
import { usage } from "../failure.ts";
import type { Io } from "../io.ts";
import { accounts, gatewayDaemonSet, type JoinSettings, routeAgentDaemonSet, submarinerObject } from "../manifests/mod.ts";
import { apply } from "../objects.ts";
import { waitForApps } from "../rollout.ts";
import type { Steps } from "../steps.ts";
import { brokerAt, registerMember } from "./broker_side.ts";
import { labelGateways } from "./gateway_nodes.ts";
import { networkOf } from "./network.ts";
import { checkMembership, checkVersion } from "./requirements.ts";
import { brokerSecret, namespaceObject, pskSecret } from "./secrets.ts";

export interface JoinParts {
  readonly io: Io;
  readonly steps: Steps;
  /** The cluster that joins. */
  readonly own: Cluster;
  readonly file: JoinFile;
  readonly options: JoinOptions;
}

export interface JoinOutcome {
  /** Whether every app is up, or nobody was asked to wait for them. */
  readonly ready: boolean;
  readonly manifests: readonly Manifest[];
  readonly summary: {
    readonly clusterId: string;
    readonly podCidrs: readonly string[];
    readonly serviceCidrs: readonly string[];
  };
}

/**
 * The way of a cluster into the clusterset. First everything is asked and checked, then an account is made on the broker, then the
 * cluster's own objects; each step may be repeated, so a join that broke off is finished by the next one.
 */
export async function joinCluster(parts: JoinParts): Promise<JoinOutcome> {
  const { io, steps, own, file, options } = parts;
  const namespace = options.namespace ?? "";
  const clusterId = ownId(io, own, options);
  await steps.run(
    "Checking the cluster",
    () => checkVersion(own.client, options.ignoreRequirements),
    (text) => text,
  );
  const network = await networkOf(own.client, options, steps);
  const broker = brokerAt(file, options);
  const brokerClient = new ApiClient(broker.connection);
  await steps.run(
    "Looking at the broker",
    () =>
      checkMembership({
        broker: brokerClient,
        own: own.client,
        brokerNamespace: broker.namespace,
        namespace,
        clusterId,
        network,
      }),
    (text) => text,
  );
  const settings: JoinSettings = {
    namespace,
    clusterId,
    podCidrs: network.podCidrs,
    podCidrsOfNodes: network.podCidrsOfNodes,
    serviceCidrs: network.serviceCidrs,
    globalCidrs: [],
    cableDriver: options.cableDriver,
    nattPort: options.nattport,
    natEnabled: options.natt,
    preferredServer: options.preferredServer,
    forceUdpEncaps: options.forceUdpEncaps,
    airGapped: options.airGapped,
    loadBalancer: false,
    debug: options.podDebug,
    healthCheck: {
      enabled: options.healthCheck,
      intervalSeconds: options.healthCheckInterval,
      maxPacketLossCount: options.healthCheckMaxPacketLossCount,
    },
    customDomains: options.customDomains ?? file.customDomains,
    broker: broker.address,
    repository: options.repository,
    version: options.version,
    imageOverrides: options.imageOverride,
  };
  const early = [namespaceObject(namespace), ...accounts(namespace)];
  const late = [submarinerObject(settings), routeAgentDaemonSet(settings), gatewayDaemonSet(settings)];
  const summary = { clusterId, podCidrs: network.podCidrs, serviceCidrs: network.serviceCidrs };
  if (options.dryRun) return { ready: true, manifests: [...early, ...late], summary };

  const member = await steps.run(
    "Making an account on the broker",
    () => registerMember(brokerClient, broker.namespace, clusterId, io.signal),
    () => `The broker knows cluster ${clusterId}`,
  );
  await steps.run(
    "Installing the custom resource definitions",
    () => installCrds(own.client, io.signal),
    (n) => `Installed ${n} custom resource definitions`,
  );
  const secrets = [
    brokerSecret(member, broker.namespace, namespace),
    ...(file.ipsecPsk ? [pskSecret(file.ipsecPsk, namespace)] : []),
  ];
  await steps.run(
    "Creating Strait's objects",
    async () => {
      for (const object of [...early, ...secrets]) await apply(own.client, object, io.signal);
    },
    () => `Created accounts and credentials in namespace ${namespace}`,
  );
  await labelGateways({ io, client: own.client, options, steps });
  await steps.run(
    "Starting gateways and node agents",
    async () => {
      for (const object of late) await apply(own.client, object, io.signal);
    },
    () => "Deployed gateways and node agents",
  );
  const ready =
    !options.wait ||
    (await waitForApps({ client: own.client, namespace, steps, signal: io.signal, timeoutMs: options.waitTimeout * 1000 }));
  return { ready, manifests: [...early, ...secrets, ...late], summary };
}

/** The id that was given, or an answer; never a guess, as it is the cluster's name for all others. */
function ownId(io: Io, own: Cluster, { clusterid }: JoinOptions): string {
  const text = clusterid ?? io.ask(`What is the id of cluster "${own.name}" in the clusterset?`);
  if (text === undefined) throw usage("the cluster has no id: say --clusterid NAME");
  const id = parseClusterId(text);
  if (!id.ok) throw usage(`--clusterid: ${id.reason}`);
  return id.value;
}
