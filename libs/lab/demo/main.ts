// SPDX-License-Identifier: Apache-2.0

/**
 * `./justw demo`: two clusters on this machine, Strait between them, every pair of pods tried. USAGE below has the flags.
 *
 * @module
 */
import { parseArgs } from "node:util";
import {
  createLab,
  findLeftovers,
  isLabId,
  kernelVxlan,
  type Lab,
  labObstacle,
  nothingLeft,
  plainRoutes,
  removeLab,
} from "../mod.ts";
import { drawCounters } from "./counters.ts";
import { type Measured, measurePairs, type Pair, pairOk } from "./pairs.ts";
import { table } from "./table.ts";
import { drawTopology } from "./topology.ts";

const USAGE = `usage: demo [--json] [--quiet] [--keep] [--with strait|kernel|plain] | demo --down ID

  --json    the last line is one JSON object: {"pairs":[…],"ok":true}
  --quiet   no other output
  --keep    leave the clusters up and say how to look inside
  --with    what joins the clusters: strait (default), the kernel's VXLAN devices, or plain routing
  --down    remove the clusters that --keep left up`;

const CABLES = { strait: "VXLAN cable, UDP 4500", kernel: "kernel VXLAN, UDP 4500", plain: "plain routing" } as const;
type Joined = keyof typeof CABLES;

const SPEC = {
  clusters: [
    {
      id: "east",
      cni: "bridge",
      nodes: [
        { name: "gw1", gateway: true, pods: 1 },
        { name: "w1", pods: 1 },
        { name: "w2", pods: 1 },
      ],
    },
    {
      id: "west",
      cni: "ptp",
      nodes: [
        { name: "gw1", gateway: true, pods: 1 },
        { name: "w1", pods: 1 },
        { name: "w2", pods: 1 },
      ],
    },
  ],
} as const;

interface Flags {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly keep: boolean;
  readonly joined: Joined;
  readonly down: string | undefined;
}

/** Exit code: 0 everything passed, 1 something did not, 2 the command line or the machine cannot be used. */
async function main(): Promise<number> {
  const flags = readFlags();
  if (flags === undefined) {
    console.error(USAGE);
    return 2;
  }
  const missing = labObstacle();
  if (missing !== undefined) {
    console.error(`demo: ${missing}; run ./justw demo as root, it installs what it needs`);
    return 2;
  }
  if (flags.down !== undefined) return down(flags.down);
  const say = flags.quiet ? () => {} : (text: string) => console.log(text);
  let pairs: readonly Pair[] = [];
  let ok = false;
  try {
    pairs = await demo(flags, say);
    ok = pairs.length > 0 && pairs.every(pairOk);
  } catch (error) {
    console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (flags.json) console.log(JSON.stringify({ pairs, ok }));
  return ok ? 0 : 1;
}

async function demo(flags: Flags, say: (text: string) => void): Promise<readonly Pair[]> {
  const began = performance.now();
  const since = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const lab: Lab = await createLab(SPEC);
  try {
    say(`${drawTopology(lab, CABLES[flags.joined])}\n`);
    say(`lab ${lab.id} is up after ${since()}: ${lab.nodes.length} nodes and ${lab.pods.length} pods, each a network namespace`);
    const reached = await unjoined(lab);
    if (reached) throw new Error("the clusters reach each other before anything joins them: the lab is broken");
    say("before: no pod reaches the other cluster, as it should be");
    await join(lab, flags.joined);
    say(`joined by ${flags.joined} after ${since()}\n`);
    const packet = flags.joined === "plain" ? lab.mtu : lab.innerMtu;
    const measured = await measurePairs(lab, { packet });
    say(drawPairs(measured, packet));
    if (flags.joined === "strait") say(`\n${await drawCounters(lab)}`);
    const passed = measured.filter(({ pair }) => pairOk(pair)).length;
    say(`\n${passed} of ${measured.length} pairs passed, ${since()} in all`);
    if (passed < measured.length) for (const app of lab.apps) say(`\n--- ${app.name} on ${app.node.label}\n${app.logTail(8)}`);
    if (flags.keep) {
      await lab.keep();
      say(howToLookInside(lab));
    }
    return measured.map(({ pair }) => pair);
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

function drawPairs(measured: readonly Measured[], packet: number): string {
  const word = (good: boolean) => (good ? "ok" : "FAILED");
  return table(
    ["from", "to", "family", "ping", "tcp 16 MiB", `udp in ${packet}`, "source kept", ""],
    measured.map(({ pair, reasons }) => [
      pair.from,
      pair.to,
      `IPv${pair.family}`,
      word(pair.ping),
      word(pair.tcp),
      word(pair.udp),
      word(pair.sourcePreserved),
      reasons.join("; "),
    ]),
  );
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

function down(id: string): number {
  if (!isLabId(id) || nothingLeft(findLeftovers(id))) {
    console.error(`demo: there is no lab ${id}`);
    return 1;
  }
  const left = removeLab(id);
  if (nothingLeft(left)) return 0;
  console.error(`demo: could not remove all of lab ${id}: ${JSON.stringify(left)}`);
  return 1;
}

function readFlags(): Flags | undefined {
  const flag = { type: "boolean", default: false } as const;
  try {
    const { values } = parseArgs({
      options: {
        json: flag,
        quiet: flag,
        keep: flag,
        help: flag,
        with: { type: "string", default: "strait" },
        down: { type: "string" },
      },
    });
    if (values.help || !Object.hasOwn(CABLES, values.with)) return undefined;
    return { json: values.json, quiet: values.quiet, keep: values.keep, joined: values.with as Joined, down: values.down };
  } catch {
    return undefined;
  }
}

process.exit(await main());
