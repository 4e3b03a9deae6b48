// SPDX-License-Identifier: Apache-2.0
/**
 * The kinds of Kubernetes itself that we read or write. A schema names the members that we read; the rest is kept as it is.
 *
 * @module
 */
export * from "./access.ts";
export * from "./config.ts";
export * from "./coordination.ts";
export * from "./crd.ts";
export * from "./event.ts";
export * from "./network.ts";
export * from "./node.ts";
export * from "./pod.ts";
export * from "./workload.ts";
