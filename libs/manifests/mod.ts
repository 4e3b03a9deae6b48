// SPDX-License-Identifier: Apache-2.0
/**
 * What Strait is in a cluster, as plain objects: pure functions of the settings, from which `strait join`, the Helm chart and the tests
 * all take them.
 *
 * @module
 */
export * from "./apps.ts";
export { CAPABILITIES, capabilitiesFor, downward, HEAP, isOlderKernel, nodeFolders } from "./daemonset.ts";
export * from "./example_settings.ts";
export * from "./join_settings.ts";
export * from "./member.ts";
export * from "./names.ts";
export * from "./namespace.ts";
export * from "./rbac.ts";
export * from "./secrets.ts";
export * from "./submariner.ts";
