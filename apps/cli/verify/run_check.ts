// SPDX-License-Identifier: Apache-2.0
import type { Pod } from "@strait/k8s";
import type { Check } from "./checks.ts";
import { keepsSource } from "./checks.ts";
import { LISTEN_PORT } from "./pods.ts";
import type { Side } from "./side.ts";

/** How long and how hard to try. */
export interface Effort {
  readonly operationTimeoutMs: number;
  readonly connectionTimeoutMs: number;
  readonly attempts: number;
  readonly packetSize: number;
  /** Takes what is run where, a line each, as it begins. */
  readonly note: (line: string) => void;
}

/** What came of a check over one family. */
export interface CheckOutcome {
  readonly check: string;
  readonly family: 4 | 6;
  readonly result: "passed" | "failed" | "skipped";
  readonly reason?: string;
  readonly ms: number;
}

const familyOf = (address: string): 4 | 6 => (address.includes(":") ? 6 : 4);

/**
 * Runs one check over every family that both ends have, all at once, each with pods of its own. The two sides exchange ids they made up, so neither can mistake another for
 * its partner.
 */
export async function runCheck(check: Check, [first, second]: readonly [Side, Side], effort: Effort): Promise<CheckOutcome[]> {
  const [from, to] = check.reversed ? [second, first] : [first, second];
  const places = { from: from.node(check.connector), to: to.node(check.listener) };
  if (places.from === undefined || places.to === undefined) {
    const [side, kind] = places.from === undefined ? [from, check.connector] : [to, check.listener];
    const reason = `cluster "${side.cluster.name}" has no ${kind} node`;
    return [{ check: check.title, family: 4, result: "skipped", reason, ms: 0 }];
  }
  const ends = { from, to, fromNode: places.from, toNode: places.to };
  const outcomes = await Promise.all(([4, 6] as const).map((family) => overFamily(check, ends, family, effort)));
  return outcomes.filter((outcome) => outcome !== undefined);
}

interface Ends {
  readonly from: Side;
  readonly to: Side;
  readonly fromNode: string;
  readonly toNode: string;
}

/** Undefined where the listener's end has no address of that family. */
async function overFamily(check: Check, ends: Ends, family: 4 | 6, effort: Effort): Promise<CheckOutcome | undefined> {
  const began = performance.now();
  const name = `nettest-${crypto.randomUUID().slice(0, 8)}`;
  const outcome = (result: CheckOutcome["result"], reason?: string): CheckOutcome => ({
    check: check.title,
    family,
    result,
    ms: Math.round(performance.now() - began),
    ...(reason !== undefined && { reason }),
  });
  try {
    const failure = await exchange(check, ends, family, name, effort);
    if (failure === NO_ADDRESS) return undefined;
    return failure === undefined ? outcome("passed") : outcome("failed", failure);
  } catch (error) {
    return outcome("failed", error instanceof Error ? error.message : String(error));
  } finally {
    await Promise.allSettled([ends.from.forget(name), ends.to.forget(name)]);
  }
}

function ipsOf(pod: Pod): string[] {
  return (pod.status?.podIPs ?? []).flatMap(({ ip }) => ip ?? []);
}

const NO_ADDRESS = Symbol("the listener has no address of this family");

async function exchange(check: Check, { from, to, fromNode, toNode }: Ends, family: 4 | 6, name: string, effort: Effort) {
  const ids = { listener: crypto.randomUUID(), connector: crypto.randomUUID() };
  const { operationTimeoutMs, connectionTimeoutMs, attempts, packetSize, note } = effort;
  const patience = Math.ceil((connectionTimeoutMs * attempts + operationTimeoutMs) / 1000);
  const port = ["--port", String(LISTEN_PORT)];
  const listen = ["listen", "--id", ids.listener, ...port, "--timeout", String(patience)];
  const run = (side: Side, node: string, args: readonly string[]): void =>
    note(`${check.title}, IPv${family}: cluster "${side.cluster.name}", node ${node}: strait nettest ${args.join(" ")}`);
  run(to, toNode, listen);
  await to.start({ name, node: toNode, hostNetwork: false, args: listen });
  const listener = await to.running(name, operationTimeoutMs);
  const podIps = ipsOf(listener);
  const addresses = check.target === "service" ? await to.service(name) : podIps;
  const address = addresses.find((candidate) => familyOf(candidate) === family);
  if (address === undefined) {
    note(`${check.title}, IPv${family}: the listener has ${addresses.join(", ") || "no address"}, none of this family`);
    return NO_ADDRESS;
  }

  const tries = [
    "--attempts",
    String(attempts),
    "--timeout",
    String(Math.ceil(connectionTimeoutMs / 1000)),
    "--bytes",
    String(packetSize),
  ];
  const connect = ["connect", "--id", ids.connector, "--host", address, ...port, ...tries];
  run(from, fromNode, connect);
  await from.start({ name, node: fromNode, hostNetwork: check.hostNetwork, args: connect });
  const sent = await from.result(name, patience * 1000);
  if (!sent.ok) return sent.reason;
  const got = await to.result(name, operationTimeoutMs);
  if (sent.peer !== ids.listener || got.peer !== ids.connector) return "the two sides spoke to somebody else";
  if (!keepsSource(check)) return undefined;
  const connector = await from.running(name, operationTimeoutMs);
  const own = ipsOf(connector);
  return own.includes(got.source ?? "")
    ? undefined
    : `the listener saw ${got.source} and not the pod's address ${own.join(" or ")}`;
}
