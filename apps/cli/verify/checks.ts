// SPDX-License-Identifier: Apache-2.0

/** Which kind of node a test pod runs on. */
export type Where = "gateway" | "non-gateway";

/** One check of the data path: a connector in one cluster, a listener in the other. */
export interface Check {
  readonly title: string;
  readonly connector: Where;
  readonly listener: Where;
  /** What the connector speaks to: the listener's own address, or a Service in front of it. */
  readonly target: "pod" | "service";
  /** Whether the connector runs on the node's own network. */
  readonly hostNetwork: boolean;
  /** Whether the connector runs in the second cluster. */
  readonly reversed: boolean;
  /** Part of `--only basic-connectivity`. */
  readonly basic: boolean;
}

function check(connector: Where, listener: Where, more: Partial<Check> = {}): Check {
  const { target = "pod", hostNetwork = false, reversed = false, basic = false } = more;
  const from = `${hostNetwork ? "host-network pod" : "pod"} (${connector} node)`;
  const to = target === "pod" ? `remote pod (${listener} node)` : `remote Service (backed by a pod on a ${listener} node)`;
  const title = `${from} → ${to}${reversed ? ", from the second cluster" : ""}`;
  return { title, connector, listener, target, hostNetwork, reversed, basic };
}

const [GW, WORKER] = ["gateway", "non-gateway"] as const;

/** What upstream's data-path suite asserts (reference §9.1), in its order. */
export const checks: readonly Check[] = [
  check(WORKER, WORKER, { basic: true }),
  check(WORKER, GW),
  check(GW, WORKER),
  check(GW, GW, { basic: true }),
  check(WORKER, WORKER, { target: "service", basic: true }),
  check(WORKER, GW, { target: "service" }),
  check(GW, WORKER, { target: "service" }),
  check(GW, GW, { target: "service", basic: true }),
  check(WORKER, WORKER, { hostNetwork: true }),
  check(GW, WORKER, { hostNetwork: true }),
  check(WORKER, WORKER, { reversed: true }),
];

/** Whether the listener must see the connector's own address: not behind a Service or from the host network, where others may stand in. */
export function keepsSource({ target, hostNetwork }: Check): boolean {
  return target === "pod" && !hostNetwork;
}
