// SPDX-License-Identifier: Apache-2.0
import type { Manifest } from "@strait/k8s";
import { capabilitiesFor, daemonSet, type EnvVar, nodeFolders, type Resources } from "./daemonset.ts";
import { imageOf, type JoinSettings } from "./join_settings.ts";
import { BROKER_SECRET_DIR, NAMES } from "./names.ts";

/**
 * What the apps take of real nodes while pods come and go, and a bit more: tests/bench/results/resources.json, which `./justw bench
 * resources` writes; tests/repo/requests_test.ts fails where they differ. Memory is that of a clusterset of a few clusters.
 */
export const RESOURCES: Readonly<Record<keyof typeof PROBE_PORTS, Resources>> = {
  gateway: { requests: { cpu: "40m", memory: "96Mi" } },
  routeagent: { requests: { cpu: "25m", memory: "96Mi" } },
};

/** Submariner's ports of metrics and profiles. Ours answer probes there too; the apps' own defaults are the same. */
const PROBE_PORTS = { gateway: 32780, routeagent: 32782 } as const;

/** Variables of both apps (reference §8). */
function commonEnv(settings: JoinSettings): EnvVar[] {
  return [
    { name: "SUBMARINER_NAMESPACE", value: settings.namespace },
    { name: "SUBMARINER_CLUSTERID", value: settings.clusterId },
    { name: "SUBMARINER_CLUSTERCIDR", value: settings.podCidrsOfNodes ? "" : settings.podCidrs.join(",") },
    { name: "SUBMARINER_SERVICECIDR", value: settings.serviceCidrs.join(",") },
    { name: "SUBMARINER_GLOBALCIDR", value: settings.globalCidrs.join(",") },
    { name: "SUBMARINER_DEBUG", value: String(settings.debug) },
    { name: "SUBMARINER_HEALTHCHECKENABLED", value: String(settings.healthCheck.enabled) },
    { name: "SUBMARINER_HEALTHCHECKINTERVAL", value: String(settings.healthCheck.intervalSeconds) },
    { name: "SUBMARINER_HEALTHCHECKMAXPACKETLOSSCOUNT", value: String(settings.healthCheck.maxPacketLossCount) },
  ];
}

function brokerEnv({ broker }: JoinSettings): EnvVar[] {
  return [
    { name: "BROKER_K8S_APISERVER", value: broker.apiServer },
    { name: "BROKER_K8S_REMOTENAMESPACE", value: broker.namespace },
    // The token and the authority are read from the mounted Secret, again whenever it changes.
    { name: "BROKER_K8S_SECRET", value: NAMES.brokerSecret },
    { name: "BROKER_K8S_INSECURE", value: String(broker.insecure) },
  ];
}

/** The gateway: on nodes with the gateway label. */
export function gatewayDaemonSet(settings: JoinSettings): Manifest {
  return daemonSet({
    name: NAMES.gateway,
    namespace: settings.namespace,
    image: imageOf(settings, NAMES.gateway),
    command: ["strait", "gateway"],
    nodeSelector: { [NAMES.gatewayLabel]: "true" },
    // Time to hand over the lease, which is released at once.
    graceSeconds: 5,
    probePort: PROBE_PORTS.gateway,
    resources: RESOURCES.gateway,
    capabilities: capabilitiesFor(settings.olderKernels),
    env: [
      ...commonEnv(settings),
      { name: "SUBMARINER_METRICSPORT", value: String(PROBE_PORTS.gateway) },
      { name: "SUBMARINER_COLORCODES", value: "blue" },
      { name: "SUBMARINER_CABLEDRIVER", value: settings.cableDriver },
      { name: "SUBMARINER_NATENABLED", value: String(settings.natEnabled) },
      { name: "AIR_GAPPED_DEPLOYMENT", value: String(settings.airGapped) },
      { name: "CE_IPSEC_PSKSECRET", value: NAMES.pskSecret },
      { name: "CE_IPSEC_NATTPORT", value: String(settings.nattPort) },
      { name: "CE_IPSEC_PREFERREDSERVER", value: String(settings.preferredServer) },
      { name: "CE_IPSEC_FORCEENCAPS", value: String(settings.forceUdpEncaps) },
      ...brokerEnv(settings),
    ],
    volumes: [
      ...nodeFolders.volumes,
      { name: "broker", secret: { secretName: NAMES.brokerSecret } },
      { name: "psk", secret: { secretName: NAMES.pskSecret, optional: true } },
    ],
    volumeMounts: [
      ...nodeFolders.volumeMounts,
      { name: "broker", mountPath: BROKER_SECRET_DIR, readOnly: true },
      { name: "psk", mountPath: `/run/secrets/submariner.io/${NAMES.pskSecret}`, readOnly: true },
    ],
  });
}

/** The node agent: on every node. */
export function routeAgentDaemonSet(settings: JoinSettings): Manifest {
  return daemonSet({
    name: NAMES.routeagent,
    namespace: settings.namespace,
    image: imageOf(settings, NAMES.routeagent),
    command: ["strait", "routeagent"],
    graceSeconds: 5,
    probePort: PROBE_PORTS.routeagent,
    resources: RESOURCES.routeagent,
    capabilities: capabilitiesFor(settings.olderKernels),
    env: [
      ...commonEnv(settings),
      { name: "SUBMARINER_PROFILEPORT", value: String(PROBE_PORTS.routeagent) },
      { name: "STRAIT_DELIVERY", value: settings.delivery },
    ],
    volumes: [...nodeFolders.volumes, { name: "cni-networks", hostPath: { path: "/etc/cni/net.d", type: "DirectoryOrCreate" } }],
    volumeMounts: [
      ...nodeFolders.volumeMounts,
      // Two networks in it are told in the node's RouteAgent object.
      { name: "cni-networks", mountPath: "/etc/cni/net.d", readOnly: true },
    ],
  });
}
