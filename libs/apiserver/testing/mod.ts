// SPDX-License-Identifier: Apache-2.0
/**
 * API servers for tests: in this process, or as a process that can be killed.
 *
 * @module
 */
export * from "./client.ts";
export * from "./server_process.ts";
export * from "./test_server.ts";
