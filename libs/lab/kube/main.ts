// SPDX-License-Identifier: Apache-2.0

/**
 * `./justw kube up|status|down`: real Kubernetes clusters on this machine, each node a containerd and a kubelet in namespaces of their
 * own, and a broker. They stay up until `down`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { createLab, ensureKube, findLeftovers, labObstacle, nothingLeft, removeLab } from "../mod.ts";
import { clusterSpecs } from "./cluster_specs.ts";

/** There is one such lab on a machine. */
const ID = "kube";

const USAGE = `usage: kube up [--clusters 2] [--nodes 2] [--proxy nftables|iptables|none] [--no-dns]
       kube status
       kube down`;

async function main(): Promise<number> {
  const count = (fallback: string) => ({ type: "string", default: fallback }) as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      clusters: count("2"),
      nodes: count("2"),
      proxy: count("nftables"),
      "no-dns": { type: "boolean", default: false },
    },
  });
  const missing = labObstacle();
  if (missing !== undefined) {
    console.error(`kube: ${missing}; run ./justw kube as root, it installs what it needs`);
    return 2;
  }
  switch (positionals[0]) {
    case "up":
      return up(Number(values.clusters), Number(values.nodes), values.proxy, !values["no-dns"]);
    case "status":
      return status();
    case "down":
      return down();
    default:
      console.error(USAGE);
      return 2;
  }
}

async function up(clusters: number, nodes: number, proxy: string, dns: boolean): Promise<number> {
  if (!nothingLeft(findLeftovers(ID))) {
    console.error("kube: the clusters are up already; ./justw kube down removes them");
    return 1;
  }
  const specs = clusterSpecs({ clusters, nodes }).map((spec) => ({ ...spec, dns }));
  if (proxy !== "nftables" && proxy !== "iptables" && proxy !== "none")
    throw new TypeError(`--proxy ${proxy}: use nftables, iptables or none`);
  await ensureKube();
  const began = performance.now();
  const lab = await createLab({ id: ID, broker: true, kubernetes: "real", nodes: "real", proxy, clusters: specs });
  await lab.broker();
  await lab.keep();
  const { home, station } = lab.workstation;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(
    `${specs.map(({ id }) => id).join(", ")} and a broker are up after ${seconds} s. Kubeconfigs (contexts are named like the clusters):`,
  );
  for (const name of [...specs.map(({ id }) => id), "broker", "all"]) console.log(`  ${home}/kubeconfig/${name}`);
  console.log("Their API servers are reached from the workstation; sit down there, and leave it with exit:");
  console.log(
    `  ip netns exec ${station.ns.name} env -C ${home} HOME=${home} KUBECONFIG=${home}/kubeconfig/all PATH=${home}/bin:$PATH sh`,
  );
  return 0;
}

function status(): number {
  const { namespaces, processes } = findLeftovers(ID);
  const nodes = namespaces.filter((name) => !/-(api|workstation|hub)|-hub-/.test(name));
  console.log(namespaces.length === 0 ? "down" : `up: ${nodes.join(", ")}; ${processes.length} processes`);
  return namespaces.length === 0 ? 1 : 0;
}

function down(): number {
  const left = removeLab(ID);
  if (nothingLeft(left)) return 0;
  console.error(`kube: could not remove all: ${JSON.stringify(left)}`);
  return 1;
}

process.exit(await main());
