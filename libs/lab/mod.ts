// SPDX-License-Identifier: Apache-2.0

/**
 * Clusters in network namespaces, for the demo, the tests and the bench: nodes, wires, pods wired by real CNI plugins, Strait's
 * own apps, traffic that says what arrived, and faults. cluster_lab.ts has the drawing.
 *
 * @example
 * await using lab = await createLab({ clusters: [
 *   { id: "east", nodes: [{ name: "gw1", gateway: true, pods: 1 }, { name: "w1", pods: 1 }] },
 *   { id: "west", nodes: [{ name: "gw1", gateway: true, pods: 1 }, { name: "w1", pods: 1 }], cni: "ptp" },
 * ] });
 * await lab.startStrait();
 * const seen = await lab.tcp(lab.clusters.east.nodes.w1.pod(), lab.clusters.west.nodes.w1.pod(), { family: 6 });
 * // { ok: true, sha256Equal: true, sourceSeen: "fd01:0:0:1::2", ms: 3.1 }
 *
 * @module
 */
export { App, type AppOptions, appArgv } from "./app.ts";
export { type AppName, appFiles } from "./app_files.ts";
export type { Cluster } from "./cluster.ts";
export { createLab, type Lab } from "./cluster_lab.ts";
export { CommandError, type CommandOptions, type CommandOutput, output, outputSync, run } from "./command.ts";
export { clusterFile, writeConfig } from "./config_file.ts";
export { Authority, type KeyPair, type Subject } from "./control_plane/authority.ts";
export { ControlPlane, startControlPlane } from "./control_plane/control_plane.ts";
export { type ControlPlaneKind, wantedKind } from "./control_plane/kind.ts";
export { ensureKube, type KubeBinaries, kubeBinaries, kubeObstacle } from "./control_plane/kube_binaries.ts";
export { kubeConfig } from "./control_plane/kubeconfig.ts";
export type { ControlPlaneSpec } from "./control_plane/spec.ts";
export { cutWire, killProcesses, shrinkMtu, unplugWire, wireOf } from "./faults.ts";
export type { Installed } from "./installed.ts";
export { type KernelVxlanOptions, kernelVxlan } from "./kernel_vxlan.ts";
export { RelayError } from "./kubernetes/api_relay.ts";
export type { BrokerServer } from "./kubernetes/embedded_broker.ts";
export { KubeApp } from "./kubernetes/kube_app.ts";
export type { KubeCluster, PodWish } from "./kubernetes/kube_cluster.ts";
export type { KubePod } from "./kubernetes/kube_pod.ts";
export type { Workstation } from "./kubernetes/workstation.ts";
export { isLabId, labDir, namespacePrefix } from "./lab_id.ts";
export { findLeftovers, type Leftovers, nothingLeft, removeLab } from "./leftovers.ts";
export { parseMetrics, type Sample } from "./metrics_text.ts";
export { createNamespaces, Namespace } from "./namespace.ts";
export type { Node } from "./node.ts";
export { labObstacle } from "./obstacle.ts";
export { forgetPathMtu } from "./path_mtu.ts";
export type { Place } from "./place.ts";
export { plainRoutes } from "./plain_routes.ts";
export type { Pod } from "./pod.ts";
export { PAUSE_IMAGE } from "./real_node/real_node_config.ts";
export { layOverlay } from "./routed_cni/overlay.ts";
export { DENIED_PORT } from "./routed_cni/policy.ts";
export type { Segment, Wire, WireEnd } from "./segment.ts";
export type { ClusterSpec, CniPlugin, Family, LabSpec, NodeSpec } from "./spec.ts";
export type {
  Flow,
  FlowOptions,
  FlowResult,
  PingOptions,
  PingResult,
  TcpOptions,
  TcpResult,
  UdpOptions,
  UdpResult,
} from "./traffic/probes.ts";
export { PORT as TRAFFIC_PORT } from "./traffic/protocol.ts";
export type { Traffic } from "./traffic/traffic.ts";
export { type WireMode, wireMode } from "./wire_mode.ts";
