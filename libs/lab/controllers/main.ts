// SPDX-License-Identifier: Apache-2.0
/**
 * Stand-ins for the controllers a cluster's control plane does not have: `bun run libs/lab/controllers/main.ts KUBECONFIG
 * NAME…`, names being scheduler, daemonsets and endpointslices.
 *
 * @module
 */
import { ApiClient, Informer, loadKubeConfig, NodeKind, PodKind } from "@strait/k8s";
import { Log } from "@strait/obs";
import { DaemonSets } from "./daemon_sets.ts";
import { EndpointSlices } from "./endpoint_slices.ts";
import { Scheduler } from "./scheduler.ts";

const [path, ...names] = process.argv.slice(2);
const unknown = names.find((name) => !["scheduler", "daemonsets", "endpointslices"].includes(name));
if (path === undefined || names.length === 0 || unknown !== undefined) {
  console.error("usage: bun run libs/lab/controllers/main.ts KUBECONFIG scheduler|daemonsets|endpointslices…");
  process.exit(2);
}
const log = new Log({ fields: { app: "controllers" } });
const client = new ApiClient(await loadKubeConfig({ path }), { log });
const pods = new Informer(client.resource(PodKind), { log });
const nodes = new Informer(client.resource(NodeKind), { log });
if (names.includes("scheduler")) new Scheduler(client, { pods, nodes }, log);
if (names.includes("daemonsets")) new DaemonSets(client, { pods, nodes }, log).start();
if (names.includes("endpointslices")) new EndpointSlices(client, pods, log).start();
pods.start();
nodes.start();
for (const name of ["SIGTERM", "SIGINT"] as const) process.on(name, () => process.exit(0));
// Informers wait by timers that do not keep a process alive.
setInterval(() => {}, 60_000);
