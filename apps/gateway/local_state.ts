// SPDX-License-Identifier: Apache-2.0
import type { EndpointToWrite } from "@strait/k8s";
import {
  chooseHealthCheckIps,
  type HealthCheckChoice,
  localEndpoint,
  type Member,
  publicAddresses,
  readNodeSettings,
} from "@strait/member";
import { type Address, gatewayName, type IfIndex, ownNode, parseAddress } from "@strait/model";
import type { AppContext } from "@strait/node";
import type { KubernetesConfig } from "./kubernetes_config.ts";
import type { NodeNetwork } from "./node_network.ts";

/** What this gateway is, as it would publish it, and what is not as it should be. */
export interface LocalState {
  /** Undefined while it cannot be published. */
  readonly endpoint: EndpointToWrite | undefined;
  readonly healthCheck: HealthCheckChoice;
  /** One sentence each. */
  readonly failures: readonly string[];
}

export interface LocalStateOptions {
  readonly context: Pick<AppContext, "env" | "state">;
  readonly member: Member;
  readonly config: KubernetesConfig;
  readonly namespace: string;
  readonly network: NodeNetwork;
}

/**
 * Finds out what this gateway is: its addresses from the kernel, its settings from its Node, its cluster from the source.
 * Undefined before the first pass of the loop: until then nobody knows the pods' interfaces, and nothing works yet.
 *
 * @param current the health-check addresses chosen before, by this process or the one before it
 */
export function findLocalState(options: LocalStateOptions, current: readonly Address[] | undefined): LocalState | undefined {
  const { context, member, config, namespace, network } = options;
  const { source, nodeName } = member;
  const { applied } = context.state;
  const node = source.nodes.store.get(nodeName);
  const { cluster } = source;
  if (!applied || !node || !cluster) return undefined;
  const settings = readNodeSettings(node.metadata, context.env);
  const found = publicAddresses(settings.publicIp);
  const internal = ownNode(applied.file).addresses;
  const outside = network.outside(hints(config));
  const healthCheck = chooseHealthCheckIps({
    held: network.held(new Set<IfIndex>(applied.facts.podInterfaces.map(({ ifindex }) => ifindex))),
    nodeSubnets: source.network?.cni.placement === "node subnets" ? ownNode(applied.file).subnets : [],
    podSubnets: cluster.podCidrs,
    current: current ?? published(source.gateways.store.get(`${namespace}/${gatewayName(nodeName)}`)),
  });
  const endpoint = localEndpoint({
    cluster,
    hostname: nodeName,
    settings,
    backend: config.backend,
    natEnabled: config.natEnabled,
    privateIps: outside.length > 0 ? outside : internal,
    publicIps: found.addresses,
    healthCheckIps: healthCheck.addresses,
  });
  const failures = [...settings.warnings, ...found.notes];
  if (context.env["SUBMARINER_GLOBALCIDR"])
    failures.push("SUBMARINER_GLOBALCIDR is not obeyed: addresses are not translated yet");
  if (!endpoint.ok) failures.unshift(endpoint.reason);
  if (healthCheck.reason !== undefined && config.probes.enabled) failures.push(healthCheck.reason);
  return { endpoint: endpoint.ok ? endpoint.value : undefined, healthCheck, failures };
}

/** The broker's address, where it is one: without a default route, the way to the broker is a way out all the same. */
function hints({ broker }: KubernetesConfig): Address[] {
  if (!broker) return [];
  const parsed = parseAddress(new URL(broker.connection.server).hostname.replace(/^\[(.*)\]$/, "$1"));
  return parsed.ok ? [parsed.value] : [];
}

function published(gateway: ReturnType<Member["source"]["gateways"]["store"]["get"]>): Address[] {
  const { healthCheckIPs, healthCheckIP } = gateway?.status.localEndpoint ?? {};
  return (healthCheckIPs ?? [healthCheckIP ?? ""]).flatMap((text) => {
    const parsed = parseAddress(text);
    return parsed.ok ? [parsed.value] : [];
  });
}
