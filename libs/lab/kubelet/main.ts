// SPDX-License-Identifier: Apache-2.0
/**
 * The kubelet and kube-proxy stand-in of one node: `bun run libs/lab/kubelet/main.ts CONFIG`, in the node's network namespace
 * and the mount namespace of the machine. SIGTERM ends it; pods and rules stay.
 *
 * @module
 */
import { ApiClient, loadKubeConfig } from "@strait/k8s";
import { Log } from "@strait/obs";
import { ServiceProxy } from "../service_proxy/service_proxy.ts";
import { Kubelet } from "./kubelet.ts";
import { readKubeletConfig } from "./kubelet_config.ts";

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error("usage: bun run libs/lab/kubelet/main.ts CONFIG");
  process.exit(2);
}
const config = await readKubeletConfig(path);
const log = new Log({ fields: { app: "kubelet", node: config.node } });
const client = new ApiClient(await loadKubeConfig({ path: config.kubeconfig }), { log });
const ending = new AbortController();
for (const name of ["SIGTERM", "SIGINT"] as const) {
  process.on(name, () => {
    ending.abort();
    process.exit(0);
  });
}
new ServiceProxy(client, config.clusterCidrs, log).start();
await new Kubelet(client, config, log).start(ending.signal);
