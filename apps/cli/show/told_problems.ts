// SPDX-License-Identifier: Apache-2.0
import { type ApiClient, type Gateway, GatewayKind, type RouteAgent, RouteAgentKind } from "@strait/k8s";
import { listAll } from "./read.ts";

/** What some gateways or node agents say is wrong, all in the same words. */
export interface ToldProblem {
  readonly what: "gateway" | "node agent";
  readonly nodes: readonly string[];
  readonly problem: string;
}

/** Nodes that are named where many say the same. */
const NAMED = 5;

/**
 * What gateways and node agents say is wrong though they are up; what many say in the same words once.
 *
 * @example
 * for (const told of await toldProblems(client, namespace)) steps.say("warning", sentence(told));
 */
export async function toldProblems(client: ApiClient, namespace: string): Promise<readonly ToldProblem[]> {
  const [gateways, agents] = await Promise.all([
    listAll<Gateway>(client, GatewayKind, namespace),
    listAll<RouteAgent>(client, RouteAgentKind, namespace),
  ]);
  return [...grouped("gateway", gateways), ...grouped("node agent", agents)];
}

function grouped(what: ToldProblem["what"], all: readonly (Gateway | RouteAgent)[]): ToldProblem[] {
  const failing = all.filter(({ status }) => Boolean(status?.statusFailure));
  return [...Map.groupBy(failing, ({ status }) => status?.statusFailure ?? "")].map(([problem, objects]) => ({
    what,
    nodes: objects.map(({ metadata }) => metadata.name).sort(),
    problem,
  }));
}

/** Example: `sentence({what: "node agent", nodes: ["w1"], problem: "cni: two networks"})` is "node agent w1: cni: two networks". */
export function sentence({ what, nodes, problem }: ToldProblem): string {
  const others = nodes.length > NAMED ? ` and ${nodes.length - NAMED} others` : "";
  return `${what} ${nodes.slice(0, NAMED).join(", ")}${others}: ${problem}`;
}
