// SPDX-License-Identifier: Apache-2.0
import { createLab, kernelVxlan, type Lab, plainRoutes } from "../mod.ts";
import { drawCounters } from "./counters.ts";
import { CABLES, type Flags, type Joined } from "./flags.ts";
import { drawPairs, measurePairs, pairOk } from "./pairs.ts";
import { drawTopology } from "./topology.ts";
import type { Verdict } from "./verdict.ts";

const NODES = [
  { name: "gw1", gateway: true, pods: 1 },
  { name: "w1", pods: 1 },
  { name: "w2", pods: 1 },
] as const;
const TWO_CLUSTERS = {
  clusters: [
    { id: "east", cni: "bridge", nodes: NODES },
    { id: "west", cni: "ptp", nodes: NODES },
  ],
} as const;

/** Two clusters joined by what `flags.joined` says, without Kubernetes. */
export async function standaloneDemo(flags: Flags, say: (text: string) => void): Promise<Verdict> {
  const began = performance.now();
  const since = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const lab: Lab = await createLab(TWO_CLUSTERS);
  try {
    say(`${drawTopology(lab, CABLES[flags.joined])}\n`);
    say(`lab ${lab.id} is up after ${since()}: ${lab.nodes.length} nodes and ${lab.pods.length} pods, each a network namespace`);
    const reached = await unjoined(lab);
    if (reached) throw new Error("the clusters reach each other before anything joins them: the lab is broken");
    say("before: no pod reaches the other cluster, as it should be");
    await join(lab, flags.joined);
    say(`joined by ${flags.joined} after ${since()}\n`);
    const packet = flags.joined === "plain" ? lab.mtu : lab.innerMtu;
    const measured = await measurePairs(lab, lab.pods, { packet });
    say(drawPairs(measured, packet));
    if (flags.joined === "strait") say(`\n${await drawCounters(lab)}`);
    const passed = measured.filter(({ pair }) => pairOk(pair)).length;
    say(`\n${passed} of ${measured.length} pairs passed, ${since()} in all`);
    if (passed < measured.length) for (const app of lab.apps) say(`\n--- ${app.name} on ${app.node.label}\n${app.logTail(8)}`);
    if (flags.keep) {
      await lab.keep();
      say(howToLookInside(lab));
    }
    return { pairs: measured.map(({ pair }) => pair), ok: passed === measured.length };
  } finally {
    if (!flags.keep) await lab[Symbol.asyncDispose]();
  }
}

/** True where a pod reaches another cluster already. */
async function unjoined(lab: Lab): Promise<boolean> {
  const [from, to] = [lab.pods.at(0), lab.pods.at(-1)];
  return from !== undefined && to !== undefined && (await lab.ping(from, to, { timeout: 200 })).ok;
}

async function join(lab: Lab, joined: Joined): Promise<void> {
  if (joined === "strait") await lab.startStrait();
  else if (joined === "kernel") await kernelVxlan(lab);
  else await plainRoutes(lab);
}

function howToLookInside(lab: Lab): string {
  const pod = lab.pods.find((candidate) => candidate.label.includes("/w1/")) ?? lab.pods[0];
  const far = lab.pods.at(-1);
  return [
    "",
    "The clusters stay up. Step into a pod, and out again with exit:",
    `  ip netns exec ${pod?.ns.name} sh`,
    `  ping ${far?.address(4)}`,
    `A node is ${lab.nodes[0]?.ns.name}; logs and configuration are in ${lab.dir}/<cluster>-<node>/. Remove everything:`,
    `  ./justw demo --down ${lab.id}`,
  ].join("\n");
}
