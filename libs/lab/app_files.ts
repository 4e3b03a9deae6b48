// SPDX-License-Identifier: Apache-2.0
import type { Node } from "./node.ts";

/** The apps of Strait that run on nodes. */
export type AppName = "gateway" | "routeagent";

/** Where an app of a node keeps what: its cluster file, its log, and the socket that answers /readyz, /status and /metrics. */
export function appFiles(node: Node, app: AppName): { readonly config: string; readonly log: string; readonly socket: string } {
  const at = `${node.dir}/${app}`;
  return { config: `${at}.yaml`, log: `${at}.log`, socket: `${at}.sock` };
}
