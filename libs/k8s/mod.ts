// SPDX-License-Identifier: Apache-2.0
/**
 * A client of the Kubernetes API on Bun's `fetch`: connections from kubeconfigs and pods, typed requests, followed lists, work by
 * key, elections, events. docs/design/kubernetes-client.md says how it behaves when things go wrong.
 *
 * @module
 */

export { Backoff, elapsed, sleep, systemTimers, type Timers } from "@strait/time";
export * from "./api_client.ts";
export * from "./api_error.ts";
export type { ApiRequest } from "./api_request.ts";
export type { ApiStream, ApiTransport } from "./api_transport.ts";
export * from "./apply_manifest.ts";
export * from "./broker/mod.ts";
export type { Change } from "./change.ts";
export * from "./conditions.ts";
export type { Connection, TlsOptions } from "./connection.ts";
export * from "./core_kinds/mod.ts";
export * from "./event_recorder.ts";
export { type InformerState, NOTHING_READ } from "./follow_state.ts";
export * from "./in_cluster.ts";
export * from "./informer.ts";
export * from "./key_queue.ts";
export * from "./kind.ts";
export * from "./kinds/mod.ts";
export * from "./kube_config.ts";
export { KubeConfigError } from "./kube_config_error.ts";
export * from "./kube_object.ts";
export * from "./leader_elector.ts";
export * from "./listeners.ts";
export * from "./manifest_path.ts";
export * from "./merge_patch.ts";
export * from "./resource_client.ts";
export { Store } from "./store.ts";
export { TokenFile } from "./token_file.ts";
export type { WatchEvent } from "./watch_event.ts";
