// SPDX-License-Identifier: Apache-2.0
/**
 * What an app tells about itself: log lines, metrics, health, and the endpoints they are read from. Knows nothing of networks.
 *
 * @module
 */
export * from "./exposition.ts";
export * from "./health.ts";
export * from "./log.ts";
export * from "./logfmt.ts";
export * from "./metrics.ts";
export * from "./state_log.ts";
export * from "./status_app.ts";
export * from "./status_server.ts";
