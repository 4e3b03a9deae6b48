// SPDX-License-Identifier: Apache-2.0
/**
 * Stand-ins for tests of apps: a dataplane without a kernel, time that passes when told, a process that is sent signals by hand.
 * The product never imports this.
 *
 * @module
 */
export * from "./app_in_process.ts";
export * from "./cluster_file.ts";
export * from "./config_text.ts";
export * from "./fake_dataplane.ts";
export * from "./fake_system.ts";
export * from "./node_view.ts";
