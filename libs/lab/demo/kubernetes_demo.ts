// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { nodesOf } from "../cluster.ts";
import { kubectlPath } from "../kubernetes/kubectl_path.ts";
import { disksOf } from "../lab_id.ts";
import { createLab, type KubePod, type Lab, PAUSE_IMAGE } from "../mod.ts";
import { STRAIT_IMAGE } from "../real_node/lab_node.ts";
import { connected } from "./connected.ts";
import { CABLES, type Flags } from "./flags.ts";
import { podsAndService, SERVICE } from "./manifest.ts";
import { drawMemory, measureMemory } from "./memory.ts";
import { drawPairs, measurePairs, pairOk } from "./pairs.ts";
import { drawServices, measureServices, serviceOf, serviceOk } from "./services.ts";
import { drawTopology } from "./topology.ts";
import { Typist } from "./typist.ts";
import type { Verdict } from "./verdict.ts";

const NODES = [{ name: "gw1", gateway: true }, { name: "w1" }, { name: "w2" }] as const;
const SPEC = {
  broker: true,
  clusters: [
    { id: "east", cni: "bridge", kubernetes: true, nodes: NODES },
    { id: "west", cni: "ptp", kubernetes: true, nodes: NODES },
  ],
} as const;

/**
 * The whole way as a user goes it: a broker, two clusters that join it with the `strait` command, gateways, pods made with
 * kubectl, traffic between all of them and to their Services.
 */
export async function kubernetesDemo(flags: Flags, say: (text: string) => void): Promise<Verdict> {
  const began = performance.now();
  const since = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  if ((await kubectlPath()) === undefined)
    throw new Error("there is no kubectl: install one (Debian: kubernetes-client), or say --standalone");
  if (flags.kube && !existsSync(STRAIT_IMAGE))
    throw new Error("the image is not built: say ./justw demo --kube, which builds it");
  const lab: Lab = await createLab({
    ...SPEC,
    ...(flags.kube ? { kubernetes: "real", nodes: "real" } : { kubernetes: "light" }),
  });
  try {
    say(`${drawTopology(lab, CABLES.strait)}\n`);
    const broker = await lab.broker();
    const servers = flags.kube
      ? "kube-apiserver with etcd, every node a kubelet and containerd that run the image"
      : "Strait's own small API server";
    say(`lab ${lab.id} is up after ${since()}: two clusters and a broker on ${servers}; typed on the workstation:\n`);
    if (broker.command !== undefined) say(`$ ${broker.command}`);
    const typist = new Typist(lab.workstation, say);
    await join(lab, typist);
    await connected(lab);
    say(`\ngateways connected after ${since()}\n`);
    const pods = await makePods(lab, typist, flags.kube);
    const measured = await measurePairs(lab, pods, { packet: lab.innerMtu });
    say(`\n${drawPairs(measured, lab.innerMtu)}`);
    const services = await measureServices(lab, pods, await servicesOf(lab, pods));
    say(`\n${drawServices(services)}\n`);
    for (const { cluster } of lab.kubeClusters) await typist.type(`strait show connections --context ${cluster.id}`);
    const apps = appsOf(lab);
    const memory = await measureMemory(lab, apps);
    say(`\n${drawMemory(memory)}`);
    const passed = measured.filter(({ pair }) => pairOk(pair)).length;
    const reached = services.filter(serviceOk).length;
    const ok = passed === measured.length && reached === services.length && measured.length > 0 && services.length > 0;
    say(
      `\n${passed} of ${measured.length} pairs of pods and ${reached} of ${services.length} ways to Services passed, ${since()} in all`,
    );
    if (!ok) for (const app of apps) say(`\n--- ${app.label}\n${app.logTail(8)}`);
    if (flags.keep) {
      await lab.keep();
      say(howToLookInside(lab, pods, flags.kube));
    }
    return {
      controlPlane: flags.kube ? "real" : "light",
      pairs: measured.map(({ pair }) => pair),
      services,
      memory,
      seconds: Number(((performance.now() - began) / 1000).toFixed(1)),
      ok,
    };
  } finally {
    if (!flags.keep) await lab[Symbol.asyncDispose]();
  }
}

async function join(lab: Lab, typist: Typist): Promise<void> {
  await typist.type("strait deploy-broker --context broker");
  const contexts = lab.kubeClusters.map(({ cluster }) => cluster);
  await typist.typeAll(
    contexts.map(({ id, gateways }) => {
      const names = gateways.map(({ name }) => name).join(",");
      return `strait join broker-info.subm --context ${id} --clusterid ${id} --gateway-node ${names}`;
    }),
  );
  await typist.typeAll(contexts.map(({ id }) => `kubectl --context ${id} -n submariner-operator get pods -o wide`));
}

async function makePods(lab: Lab, typist: Typist, real: boolean): Promise<KubePod[]> {
  const clusters = lab.kubeClusters;
  const image = real ? PAUSE_IMAGE : undefined;
  for (const { cluster } of clusters) await typist.file(`${cluster.id}.yaml`, podsAndService(cluster, image));
  const on = (command: (id: string) => string) => typist.typeAll(clusters.map(({ cluster }) => command(cluster.id)));
  const flags = await applyFlags(lab);
  await on((id) => `kubectl --context ${id} apply${flags} -f ${id}.yaml`);
  await on((id) => `kubectl --context ${id} wait pod -l app=${SERVICE} --for condition=Ready`);
  await on((id) => `kubectl --context ${id} get pods,services -o wide`);
  return Promise.all(clusters.flatMap((kube) => nodesOf(kube.cluster).map((node) => kube.pod(`${SERVICE}-${node.name}`))));
}

/** A kubectl before 1.27 checks manifests with a schema in protobuf, which Strait's own API server does not speak. */
async function applyFlags(lab: Lab): Promise<string> {
  const text = await lab.workstation.run(["kubectl", "version", "--client", "-o", "json"]);
  const { clientVersion } = JSON.parse(text) as { readonly clientVersion: { readonly minor: string } };
  return Number.parseInt(clientVersion.minor, 10) < 27 ? " --validate=false" : "";
}

function servicesOf(lab: Lab, pods: readonly KubePod[]) {
  return Promise.all(
    lab.kubeClusters.flatMap((kube) => {
      const behind = pods.find(({ cluster }) => cluster === kube.cluster.id);
      return behind === undefined ? [] : [serviceOf(kube, behind)];
    }),
  );
}

function appsOf(lab: Lab) {
  return lab.kubeClusters.flatMap((kube) =>
    nodesOf(kube.cluster).flatMap((node) =>
      (node.gateway ? (["gateway", "routeagent"] as const) : (["routeagent"] as const)).map((name) => kube.app(node, name)),
    ),
  );
}

function howToLookInside(lab: Lab, pods: readonly KubePod[], real: boolean): string {
  const [pod] = pods;
  const far = pods.at(-1);
  const { home, station } = lab.workstation;
  return [
    "",
    "The clusters stay up. Sit down at the workstation, and leave it with exit:",
    `  ip netns exec ${station.ns.name} env -C ${home} HOME=${home} KUBECONFIG=${home}/kubeconfig/all PATH=${home}/bin:$PATH sh`,
    "  kubectl --context east get gateways.submariner.io -A",
    "Step into a pod:",
    `  ${pod?.ns.argv(["sh"]).join(" ")}`,
    `  ping ${far?.address(4)}`,
    `Logs are in ${real ? `${disksOf(lab.id)}/<cluster>-<node>/log/pods/` : `${lab.dir}/<cluster>-<node>/kubelet/pods/`}. Remove everything:`,
    `  ./justw demo --down ${lab.id}`,
  ].join("\n");
}
