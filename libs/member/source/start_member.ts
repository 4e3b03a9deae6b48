// SPDX-License-Identifier: Apache-2.0
import { hostname } from "node:os";
import { ApiClient, type Connection, inClusterConnection, KubeConfigError, loadKubeConfig } from "@strait/k8s";
import {
  type ClusterFile,
  type ClusterId,
  DELIVERIES,
  type DeliveryChoice,
  type Listen,
  type LogLevel,
  ok,
  PIN_DIR,
  parseNodeName,
  type Result,
  refuse,
} from "@strait/model";
import type { Log } from "@strait/obs";
import type { LocalSettings } from "@strait/plan";
import type { Timers } from "@strait/time";
import { MemberSource } from "./member_source.ts";

export interface MemberStart {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly namespace: string;
  readonly clusterId: ClusterId;
  readonly role: "gateway" | "agent";
  readonly listen?: Listen | undefined;
  readonly logLevel?: LogLevel | undefined;
  /** What was applied last on that node, if it is known. */
  readonly recall?: (own: Pick<ClusterFile, "cluster" | "node">) => ClusterFile | undefined;
  readonly log: Log;
  readonly timers: Timers;
}

/** The own cluster's API server, and what is made of what it says. */
export interface Member {
  readonly client: ApiClient;
  readonly source: MemberSource;
  /** NODE_NAME, else the host's name. */
  readonly nodeName: string;
}

/**
 * The source of an app in Kubernetes, from its environment: NODE_NAME, SUBMARINER_*, STRAIT_PIN_DIR, STRAIT_CNI_CACHE, STRAIT_DELIVERY; the API
 * server is that of the pod, or where this is no pod that of $KUBECONFIG. Nothing is asked yet.
 *
 * @example
 * const member = await createMemberSource({ env, namespace, clusterId, role: "agent", log, timers });
 */
export async function createMemberSource(start: MemberStart): Promise<Result<Member>> {
  const { env, namespace, clusterId, role, log, timers } = start;
  const nodeName = parseNodeName(env["NODE_NAME"] || hostname().toLowerCase());
  if (!nodeName.ok) return refuse(`NODE_NAME: ${nodeName.reason}`);
  const delivery = readDelivery(env["STRAIT_DELIVERY"]);
  if (!delivery.ok) return delivery;
  const connection = await connect(env);
  if (!connection.ok) return connection;
  const client = new ApiClient(connection.value, { log, timers });
  const cniCacheDir = env["STRAIT_CNI_CACHE"];
  const settings: LocalSettings = {
    spread: true,
    pinDir: env["STRAIT_PIN_DIR"] || PIN_DIR,
    log: start.logLevel ?? (env["SUBMARINER_DEBUG"] === "true" ? "debug" : "info"),
    ...(cniCacheDir && { cniCacheDir }),
    ...(delivery.value && { delivery: delivery.value }),
    ...(start.listen && { listen: start.listen }),
  };
  const previous = start.recall?.({ cluster: clusterId, node: nodeName.value });
  const own = { client, namespace, clusterId, nodeName: nodeName.value, role, env, settings, log, timers };
  return ok({ client, source: new MemberSource({ ...own, ...(previous && { previous }) }), nodeName: nodeName.value });
}

/** How pods' packets pass the node; undefined where nothing is said. */
function readDelivery(text: string | undefined): Result<DeliveryChoice | undefined> {
  if (!text) return ok(undefined);
  const choice = DELIVERIES.find((each) => each === text);
  return choice
    ? ok(choice)
    : refuse(`STRAIT_DELIVERY is ${JSON.stringify(text)}: set it to ${DELIVERIES.join(", ")} or leave it out`);
}

async function connect(env: MemberStart["env"]): Promise<Result<Connection>> {
  try {
    if (env["KUBERNETES_SERVICE_HOST"] || !env["KUBECONFIG"]) return ok(await inClusterConnection({ env }));
    return ok(await loadKubeConfig({ env }));
  } catch (error) {
    if (error instanceof KubeConfigError) return refuse(error.message);
    throw error;
  }
}
