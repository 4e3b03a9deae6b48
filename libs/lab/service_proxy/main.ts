// SPDX-License-Identifier: Apache-2.0
/**
 * The lab's kube-proxy by itself, in the network namespace of a node: `bun run libs/lab/service_proxy/main.ts KUBECONFIG CIDR…`, with
 * the cluster's pod ranges. A real node without kube-proxy has it in the place of what such clusters use instead.
 *
 * @module
 */
import { ApiClient, loadKubeConfig } from "@strait/k8s";
import { Log } from "@strait/obs";
import { ServiceProxy } from "./service_proxy.ts";

const [path, ...clusterCidrs] = process.argv.slice(2);
if (path === undefined || clusterCidrs.length === 0) {
  console.error("usage: bun run libs/lab/service_proxy/main.ts KUBECONFIG CIDR…");
  process.exit(2);
}
const log = new Log({ fields: { app: "service-proxy" } });
new ServiceProxy(new ApiClient(await loadKubeConfig({ path }), { log }), clusterCidrs, log).start();
for (const name of ["SIGTERM", "SIGINT"] as const) process.on(name, () => process.exit(0));
// Informers wait by timers that do not keep a process alive.
setInterval(() => {}, 60_000);
