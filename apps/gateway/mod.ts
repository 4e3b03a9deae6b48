// SPDX-License-Identifier: Apache-2.0
/**
 * The gateway as a function, from its command line and environment to its exit code.
 *
 * @module
 */
export { runGateway } from "./run_gateway.ts";
