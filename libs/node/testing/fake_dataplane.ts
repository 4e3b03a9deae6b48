// SPDX-License-Identifier: Apache-2.0
import type { ApplyReport, Dataplane, HopTraffic } from "@strait/dataplane";
import {
  addRow,
  address,
  diff,
  emptyRows,
  ifIndex,
  linkMtu,
  type MapName,
  mapNames,
  type NodeFacts,
  type Problem,
  type RowOf,
  type Rows,
  sameRow,
} from "@strait/model";
import type { Plan } from "@strait/plan";

/** Facts of a gateway node with one uplink that reaches w1 and west's gateway, without pods. */
export function nodeFacts(change: Partial<NodeFacts> = {}): NodeFacts {
  const local = address("172.31.1.2");
  const path = (remote: string) => ({ remote: address(remote), local, ifindex: ifIndex(2), mtu: linkMtu(1500) });
  return {
    uplinks: [{ name: "eth0", ifindex: ifIndex(2), mtu: linkMtu(1500), addresses: [local] }],
    paths: [path("172.31.1.3"), path("172.31.9.3")],
    podInterfaces: [],
    device: ifIndex(7),
    hostAddresses: [local],
    ...change,
  };
}

/** A node's kernel objects: they outlive the dataplanes that are opened on them, as pinned maps do. */
export class FakeKernel {
  rows = emptyRows();
  /** What `apply` cannot write. */
  failures: Problem[] = [];
  facts: NodeFacts = nodeFacts();
  /** Thrown by `facts` while set. */
  obstacle: Error | undefined;
  readonly traffic = new Map<number, HopTraffic>();
  reasons: ReturnType<Dataplane["counters"]>["reasons"] = [];
  /** Dataplanes that are open. */
  open = 0;
  applies = 0;
}

/** A dataplane without a kernel: it holds rows and counts what it is told to do. */
export class FakeDataplane implements Dataplane {
  readonly kernel: FakeKernel;
  #news: (() => void) | undefined;
  #lost: Error | undefined;

  constructor(kernel: FakeKernel = new FakeKernel()) {
    this.kernel = kernel;
    kernel.open++;
  }

  facts(): NodeFacts {
    if (this.kernel.obstacle) throw this.kernel.obstacle;
    return this.kernel.facts;
  }

  present(): Rows {
    return this.kernel.rows;
  }

  apply(desired: Plan): ApplyReport {
    this.kernel.applies++;
    if (this.kernel.failures.length > 0) return { writes: {}, removes: {}, failures: this.kernel.failures };
    const next = emptyRows();
    const counts = mapNames.map((map) => this.#applyMap(map, desired, next));
    this.kernel.rows = next;
    const pick = (kind: "writes" | "removes") =>
      Object.fromEntries(counts.filter((c) => c[kind] > 0).map((c) => [c.map, c[kind]]));
    return { writes: pick("writes"), removes: pick("removes"), failures: [] };
  }

  /** Tells a change of links, addresses or routes. */
  change(): void {
    this.#news?.();
  }

  /** Ends the stream of changes with an error, as an overrun socket does. */
  loseChanges(error: Error): void {
    this.#lost = error;
    this.#news?.();
  }

  async *changes(signal: AbortSignal): AsyncIterable<void> {
    let pending = 0;
    let wake = (): void => {};
    this.#news = () => {
      pending++;
      wake();
    };
    signal.addEventListener("abort", () => wake(), { once: true });
    while (!signal.aborted) {
      if (pending === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      pending--;
      const lost = this.#lost;
      this.#lost = undefined;
      if (lost) throw lost;
      yield;
    }
  }

  counters(): ReturnType<Dataplane["counters"]> {
    return { reasons: this.kernel.reasons, traffic: this.kernel.traffic };
  }

  close(): void {
    this.kernel.open--;
  }

  #applyMap<M extends MapName>(map: M, desired: Plan, next: ReturnType<typeof emptyRows>) {
    const rows = (of: Rows): ReadonlyMap<string, RowOf[M]> => of[map];
    const delta = diff(rows(desired.rows), rows(desired.owned), sameRow);
    for (const [key, row] of rows(this.kernel.rows)) if (!rows(desired.owned).has(key)) addRow(next, map, row);
    for (const row of rows(desired.rows).values()) addRow(next, map, row);
    return { map, writes: delta.put.size, removes: delta.remove.size };
  }
}
