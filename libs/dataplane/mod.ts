// SPDX-License-Identifier: Apache-2.0
/**
 * The hands: what a plan wants, made so in this node's kernel, and what is there, read back. Devices, programs, rows, routes,
 * attachments; how a fresh process recognises them stands in docs/design/dataplane.md.
 *
 * ```
 * facts ──▶ plan (pure) ──▶ apply: devices → rows → routes → attach; removal in reverse
 * ```
 *
 * @module
 */
export { type Capabilities, capabilities } from "./capabilities.ts";
export type { Counters, HopTraffic } from "./counters.ts";
export type { ApplyReport, Change, Dataplane } from "./dataplane.ts";
export { type DataplaneOptions, DEFAULT_OBJECT, openDataplane } from "./open.ts";
export { openPinger, type Ping, type Pinger } from "./pinger.ts";
export { checkNode, type Surroundings } from "./preflight.ts";
export { SetupError } from "./setup_error.ts";
export { type TracedVerdict, traceVerdicts } from "./trace.ts";
export { uninstallDataplane } from "./uninstall.ts";
export { bootTime, formatVerdict } from "./verdict_text.ts";
