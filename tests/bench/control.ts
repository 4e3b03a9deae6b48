// SPDX-License-Identifier: Apache-2.0
/**
 * `./justw bench control [--kube] [--part NAME] [--quick] [--json FILE]`: what the control plane costs, at sizes from a demo's to the largest
 * we design for, how soon a new pod reaches another cluster, and what that asks of API servers. docs/benchmarks.md says what each figure means.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { kubeObstacle, labObstacle, run } from "@strait/lab";
import { type AppName, appNames, Bed } from "./control/bed.ts";
import { changeCosts } from "./control/change_costs.ts";
import { type CostPlan, clusterCosts } from "./control/cluster_costs.ts";
import { type Figure, figure, figureTable, verdict } from "./control/figures.ts";
import { formatFigures } from "./control/figures_file.ts";
import { type FirstPacket, firstPackets } from "./control/first_packets.ts";
import { type ClusterKind, type JoinedBed, joinedBed } from "./control/joined_bed.ts";
import { difference } from "./control/process_cost.ts";
import { changeNames, type WorldSize } from "./control/world.ts";
import { thisMachine } from "./support/machine.ts";
import { percentile } from "./support/statistics.ts";

interface Case {
  readonly name: string;
  readonly size: WorldSize;
  /** MiB that each app may be resident with. */
  readonly memory: number;
}

/** The first is as large as a demo; the last as large as we design for. */
const CASES: readonly Case[] = [
  { name: "demo", size: { nodes: 4, pods: 20, clusters: 2 }, memory: 60 },
  { name: "10 000 pods", size: { nodes: 500, pods: 10_000, clusters: 32 }, memory: 300 },
  { name: "100 000 pods", size: { nodes: 5000, pods: 100_000, clusters: 256 }, memory: 300 },
];

/** How long each part takes and how often things are done: with --quick as little as shows that it works. */
const FULL = {
  pods: { light: { known: 200, unknown: 30 }, real: { known: 30, unknown: 10 } },
  costs: { idleMs: 12_000, changes: 12, knownPods: 1000, starts: 2 },
  settleMs: 10_000,
  idleMs: 65_000,
  groups: 8,
  lookMs: 2000,
} as const;
const QUICK = {
  pods: { light: { known: 10, unknown: 5 }, real: { known: 6, unknown: 4 } },
  costs: { idleMs: 5000, changes: 4, knownPods: 100, starts: 1 },
  settleMs: 3000,
  idleMs: 5000,
  groups: 2,
  lookMs: 1000,
} as const;

const PARTS = ["clusters", "sizes"] as const;

const USAGE = `usage: ./justw bench control [--kube] [--part clusters|sizes] [--quick] [--json FILE]

  --kube       clusters of real nodes too: needs what ./justw test kube builds, and three more minutes
  --part NAME  only that: whole joined clusters, or one node in clusters of any size
  --quick      it works; its figures say little
  --json FILE  write every figure with its target`;

const say = (line: string): void => console.error(`bench: ${line}`);

type Add = (name: string, value: number, unit: string, target?: number) => void;

function optionsOf(args: string[]) {
  const [boolean, string] = [{ type: "boolean" }, { type: "string" }] as const;
  const { values } = parseArgs({ args, options: { kube: boolean, quick: boolean, part: string, json: string, help: boolean } });
  const { part } = values;
  if (part !== undefined && !PARTS.some((known) => known === part))
    throw new TypeError(`--part ${part}: use ${PARTS.join(" or ")}`);
  return values;
}

/** Exit code: 0 everything was measured (targets met or not), 1 something could not be, 2 the command line or the machine cannot be used. */
async function main(args: string[]): Promise<number> {
  let options: ReturnType<typeof optionsOf>;
  try {
    options = optionsOf(args);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : error}\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const obstacle = labObstacle() ?? (options.kube ? await kubeObstacle() : undefined);
  if (obstacle !== undefined) {
    console.error(`bench: ${obstacle}; run ./justw bench control as root, it installs what it needs`);
    return 2;
  }
  const began = performance.now();
  const machine = thisMachine(new Date());
  const commit = (await run(["git", "describe", "--always", "--dirty=+", "--exclude=*"]).catch(() => "unknown")).trim();
  const figures: Figure[] = [];
  const { json } = options;
  const save = async (): Promise<void> => {
    if (json !== undefined) await Bun.write(json, formatFigures({ machine, commit, figures }));
  };
  const add: Add = (name, value, unit, target) => {
    figures.push(figure(name, value, unit, target));
  };
  const plan = options.quick ? QUICK : FULL;
  // After every part: what a long run has found so far is not lost with it.
  const kinds: readonly ClusterKind[] = options.kube ? ["light", "real"] : ["light"];
  if (options.part !== "sizes") {
    for (const kind of kinds) {
      await wholeClusters(kind, plan, add);
      await save();
    }
  }
  if (options.part !== "clusters") await sizes(plan, add, save);
  console.log(figureTable(figures));
  console.log(`\n${verdict(figures)}; ${((performance.now() - began) / 60_000).toFixed(1)} minutes`);
  return 0;
}

/** New pods with and without ranges of nodes, then what changes ask of the API servers, in the same two clusters. */
async function wholeClusters(kind: ClusterKind, plan: typeof FULL | typeof QUICK, add: Add): Promise<void> {
  say(`two ${kind} clusters of two nodes`);
  const bed = await joinedBed(kind);
  await using _lab = bed.lab;
  const { known, unknown } = plan.pods[kind];
  await newPods(bed, `new pods, ${kind} clusters`, "east", "west", known, add);
  await newPods(bed, `new pods, ${kind} clusters whose nodes have no pod ranges`, "west", "east", unknown, add);
  await apiCosts(bed, plan.costs, add);
}

async function newPods(
  bed: JoinedBed,
  name: string,
  near: "east" | "west",
  far: "east" | "west",
  count: number,
  add: Add,
): Promise<void> {
  say(`${name}: ${count}, one after the other and in bursts`);
  const taken = await firstPackets(bed, { near: bed.lab.kube(near), far: bed.pods[far] }, count);
  const of = (what: string, pick: (one: FirstPacket) => number, target?: number): void => {
    const values = taken.map(pick);
    add(`${name}: ${what}, p50`, percentile(values, 0.5), "ms");
    add(`${name}: ${what}, p99`, percentile(values, 0.99), "ms", target);
  };
  of("from created to the first packet answered", ({ created }) => created, 100);
  of("not ours: until its kubelet hears of it", ({ seen }) => seen);
  of("not ours: then until the CNI plugin has wired it", ({ wired }) => wired);
  of("not ours: then until its program runs", ({ started }) => started);
  of("ours: then until its first packet is answered", ({ answered }) => answered);
  of("beside it, ours: from wired to our program at its interface", ({ attached }) => attached);
}

async function apiCosts(bed: JoinedBed, plan: CostPlan, add: Add): Promise<void> {
  const name = `${bed.kind} clusters`;
  say(`${name}: what the API servers are asked`);
  const costs = await clusterCosts(bed, plan);
  const of = (what: string, { requests, received, sent }: (typeof costs)["pod"], per: string): void => {
    add(`${name}: ${what}, requests`, requests, `requests${per}`);
    add(`${name}: ${what}, told by the API servers`, received, `bytes${per}`);
    add(`${name}: ${what}, sent to them`, sent, `bytes${per}`);
  };
  of("nothing happens", costs.idle, "/s");
  of("one new pod", costs.pod, "");
  of("one new pod, nodes without pod ranges", costs.placedPod, "");
  of("one endpoint changes", costs.endpoint, "");
  add(`${name}: from start to ready, agent of a gateway node with ${plan.knownPods} pods known`, costs.agentStart, "ms");
}

/** All sizes stand at the same time: they share the long wait that shows what they cost idle. */
async function sizes(plan: typeof FULL | typeof QUICK, add: Add, save: () => Promise<void>): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const beds: { name: string; memory: number; bed: Bed }[] = [];
  for (const { name, size, memory } of CASES) {
    say(`${name}: ${size.nodes} nodes, ${size.pods} pods, ${size.clusters} other clusters`);
    const bed = stack.use(await Bed.make(size));
    beds.push({ name, memory, bed });
    for (const app of appNames) add(`${name}: ${app}: from start to ready`, await bed.start(app), "ms");
  }
  // What the start left to do (first probes, first objects written) is not part of any figure.
  await Bun.sleep(plan.settleMs);
  say("idle");
  const idle = await idleRates(
    beds.map(({ bed }) => bed),
    plan.idleMs,
  );
  for (const [i, { name, memory, bed }] of beds.entries()) {
    say(`${name}: changes`);
    const rates = idle[i] as Record<AppName, number>;
    for (const app of appNames) add(`${name}: ${app}: idle CPU`, rates[app] * 100, "%", 0.2);
    for (const change of changeNames) {
      const costs = await changeCosts(bed, change, plan.groups, rates);
      for (const app of appNames) {
        const { cpuMs, meanCpuMs, bytes, rows } = costs[app];
        const what = `${name}: ${app}: one ${change} changes`;
        add(`${what}, CPU, median`, cpuMs, "ms", 1);
        add(`${what}, CPU, mean`, meanCpuMs, "ms");
        add(`${what}, written`, bytes, "bytes");
        add(`${what}, rows`, rows, "rows");
      }
    }
    for (const app of appNames) {
      const before = bed.cost(app);
      bed.resync(app);
      await Bun.sleep(plan.lookMs);
      add(`${name}: ${app}: a look at everything, CPU`, difference(before, bed.cost(app)).cpuMs, "ms");
      add(`${name}: ${app}: resident memory`, bed.resident(app), "MiB", memory);
    }
    for (const app of appNames) {
      await bed.stop(app);
      await bed.start(app);
      const { writes, removes } = await bed.totals(app);
      add(`${name}: ${app}: rows written by a restart`, writes + removes, "rows", 0);
      await bed.stop(app);
    }
    await save();
  }
}

/** The part of one CPU that each app takes while nothing happens. The minute holds one look at everything. */
async function idleRates(beds: readonly Bed[], milliseconds: number): Promise<Record<AppName, number>[]> {
  const costs = () => beds.map((bed) => ({ gateway: bed.cost("gateway").cpuMs, routeagent: bed.cost("routeagent").cpuMs }));
  const [began, before] = [performance.now(), costs()];
  await Bun.sleep(milliseconds);
  const spent = performance.now() - began;
  return costs().map((after, i) => ({
    gateway: (after.gateway - (before[i]?.gateway ?? 0)) / spent,
    routeagent: (after.routeagent - (before[i]?.routeagent ?? 0)) / spent,
  }));
}

if (import.meta.main) process.exit(await main(process.argv.slice(2)));
