// SPDX-License-Identifier: Apache-2.0
import type { ApplyReport, Change, Dataplane, HopTraffic } from "@strait/dataplane";
import {
  addRow,
  address,
  emptyRows,
  ifIndex,
  linkMtu,
  type MapName,
  mapNames,
  type NodeFacts,
  type Plan,
  type Problem,
  type RowOf,
  type Rows,
} from "@strait/model";

/** Facts of a gateway node with one uplink that reaches w1 and west's gateway, without pods. */
export function nodeFacts(change: Partial<NodeFacts> = {}): NodeFacts {
  const local = address("172.31.1.2");
  const path = (remote: string) => ({ remote: address(remote), local, ifindex: ifIndex(2), mtu: linkMtu(1500) });
  return {
    uplinks: [{ name: "eth0", ifindex: ifIndex(2), mtu: linkMtu(1500), addresses: [local] }],
    paths: [path("172.31.1.3"), path("172.31.9.3")],
    podInterfaces: [],
    podRoutes: [],
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
  /** How often all rows were read back. */
  reads = 0;
}

/** A dataplane without a kernel: it holds rows and counts what it is told to do. */
export class FakeDataplane implements Dataplane {
  readonly kernel: FakeKernel;
  #sure = false;
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

  get sure(): boolean {
    return this.#sure;
  }

  present(): Rows {
    this.kernel.reads++;
    return this.kernel.rows;
  }

  doubt(): void {
    this.#sure = false;
  }

  apply(desired: Plan): ApplyReport {
    this.kernel.applies++;
    this.#sure = this.kernel.failures.length === 0;
    if (!this.#sure) return { writes: {}, removes: {}, failures: this.kernel.failures };
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

  async *changes(signal: AbortSignal): AsyncIterable<Change> {
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
      yield "network";
    }
  }

  counters(): ReturnType<Dataplane["counters"]> {
    return { reasons: this.kernel.reasons, traffic: this.kernel.traffic };
  }

  close(): void {
    this.kernel.open--;
  }

  #applyMap<M extends MapName>(map: M, { changes }: Plan, next: ReturnType<typeof emptyRows>) {
    const rows = (of: Rows): ReadonlyMap<string, RowOf[M]> => of[map];
    const [put, remove] = [rows(changes.put), rows(changes.remove)];
    for (const [key, row] of rows(this.kernel.rows)) if (!remove.has(key)) addRow(next, map, row);
    for (const row of put.values()) addRow(next, map, row);
    return { map, writes: put.size, removes: remove.size };
  }
}
