// SPDX-License-Identifier: Apache-2.0
/**
 * The broker as a function, from its command line and environment to its exit code.
 *
 * @module
 */
export { runBroker } from "./run_broker.ts";
