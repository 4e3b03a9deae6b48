// SPDX-License-Identifier: Apache-2.0
import { ApiClient, type Manifest, NamespaceKind, SubmarinerKind } from "@strait/k8s";
import {
  accounts,
  brokerSecret,
  gatewayDaemonSet,
  type JoinSettings,
  NAMES,
  namespaceObject,
  pskSecret,
  routeAgentDaemonSet,
  submarinerObject,
} from "@strait/manifests";
import { type JoinFile, parseClusterId } from "@strait/model";
import type { Cluster } from "../connect.ts";
import { installCrds } from "../crds.ts";
import { Failure, usage } from "../failure.ts";
import type { Io } from "../io.ts";
import { apply } from "../objects.ts";
import { waitForApps } from "../rollout.ts";
import type { Steps } from "../steps.ts";
import { waitUntil } from "../wait_until.ts";
import { brokerFailure } from "./broker_failure.ts";
import { brokerAt, credentialOf, registerMember } from "./broker_side.ts";
import { checkCluster } from "./check_cluster.ts";
import { labelGateways } from "./gateway_nodes.ts";
import type { JoinOptions } from "./join_options.ts";
import { olderKernels } from "./kernels.ts";
import { type Network, networkOf } from "./network.ts";
import { checkMembership } from "./requirements.ts";

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
  const broker = brokerAt(file, options);
  const before = await steps.run(
    "Checking the cluster",
    () => checkCluster({ io, own, options, namespace, clusterId, broker: broker.address }),
    ({ text }) => text,
  );
  const network = await networkOf(own.client, options, steps);
  const older = await olderKernels(own.client, steps, io.signal);
  const brokerClient = new ApiClient(broker.connection, { requestTimeoutMs: BROKER_TIMEOUT_MS });
  const asked = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      throw brokerFailure(error, broker.connection.server);
    }
  };
  const membership = { broker: brokerClient, brokerNamespace: broker.namespace, clusterId, member: before.member, network };
  await steps.run(
    "Looking at the broker",
    () => asked(() => checkMembership(membership)),
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
    delivery: options.delivery,
    healthCheck: {
      enabled: options.healthCheck,
      intervalSeconds: options.healthCheckInterval,
      maxPacketLossCount: options.healthCheckMaxPacketLossCount,
    },
    customDomains: options.customDomains ?? file.customDomains,
    broker: broker.address,
    repository: options.repository,
    version: options.version,
    olderKernels: older,
    imageOverrides: options.imageOverride,
  };
  const early = [namespaceObject(namespace), ...accounts(namespace)];
  const late = [submarinerObject(settings), routeAgentDaemonSet(settings), gatewayDaemonSet(settings)];
  const summary = { clusterId, podCidrs: network.podCidrs, serviceCidrs: network.serviceCidrs };
  if (options.dryRun) return { ready: true, manifests: [...early, ...late], summary };

  const member = await steps.run(
    "Making an account on the broker",
    () => asked(() => registerMember(brokerClient, broker.namespace, clusterId, io.signal)),
    () => `The broker knows cluster ${clusterId}`,
  );
  await steps.run(
    "Installing the custom resource definitions",
    () => installCrds(own.client, io.signal),
    (text) => text,
  );
  const secrets = [
    brokerSecret(credentialOf(member, broker.namespace), namespace),
    ...(file.ipsecPsk ? [pskSecret(file.ipsecPsk.data, namespace)] : []),
  ];
  await steps.run(
    "Creating Strait's objects",
    async () => {
      await namespaceFree(own.client, namespace, io.signal);
      for (const object of [...early, ...secrets]) await apply(own.client, object, io.signal);
    },
    () => `Created accounts and credentials in namespace ${namespace}`,
  );
  await labelGateways({ io, client: own.client, options, steps });
  await steps.run(
    "Starting gateways and node agents",
    async () => {
      for (const object of late) await apply(own.client, object, io.signal);
      await tellStatus(own.client, settings, network);
    },
    () => "Deployed gateways and node agents",
  );
  const ready =
    !options.wait ||
    (await waitForApps({ client: own.client, namespace, steps, signal: io.signal, timeoutMs: options.waitTimeout * 1000 }));
  return { ready, manifests: [...early, ...secrets, ...late], summary };
}

/** Milliseconds for one answer of the broker: who types a wrong address does not wait for long. */
const BROKER_TIMEOUT_MS = 10_000;

/** Waits until a namespace that is being deleted is gone: an uninstall may still be at work. */
async function namespaceFree(client: ApiClient, name: string, signal: AbortSignal): Promise<void> {
  const namespaces = client.resource(NamespaceKind);
  const free = async (): Promise<true | undefined> =>
    (await namespaces.get(name, { signal }))?.metadata.deletionTimestamp === undefined ? true : undefined;
  if (await waitUntil(free, { timeoutMs: 60_000, signal })) return;
  throw new Failure(`namespace ${name} is being deleted and does not go away: look at its conditions, then join again`);
}

/** What was found out, for `strait show networks`. */
async function tellStatus(client: ApiClient, settings: JoinSettings, network: Network): Promise<void> {
  const status = {
    clusterID: settings.clusterId,
    clusterCIDR: settings.podCidrs.join(","),
    serviceCIDR: settings.serviceCidrs.join(","),
    globalCIDR: settings.globalCidrs.join(","),
    networkPlugin: network.plugin,
    natEnabled: settings.natEnabled,
    version: settings.version,
  };
  const where = { namespace: settings.namespace, subresource: "status" };
  await client.resource(SubmarinerKind).patch(NAMES.submariner, { status }, { type: "merge", ...where });
}

/** The id that was given, or an answer; never a guess, as it is the cluster's name for all others. */
function ownId(io: Io, own: Cluster, { clusterid }: JoinOptions): string {
  const text = clusterid ?? io.ask(`What is the id of cluster "${own.name}" in the clusterset?`);
  if (text === undefined) throw usage("the cluster has no id: say --clusterid NAME");
  const id = parseClusterId(text);
  if (!id.ok) throw usage(`--clusterid: ${id.reason}`);
  return id.value;
}
