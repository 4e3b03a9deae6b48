// SPDX-License-Identifier: Apache-2.0
/**
 * The node agent as a function, from its command line and environment to its exit code.
 *
 * @module
 */
export { runRouteAgent } from "./run_route_agent.ts";
