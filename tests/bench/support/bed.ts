// SPDX-License-Identifier: Apache-2.0
import { type CniPlugin, createLab, kernelVxlan, type Lab, type Pod, plainRoutes, type WireMode, wireMode } from "@strait/lab";
import type { Carried } from "./carried.ts";
import type { Way } from "./measurement.ts";
import { startServers } from "./servers.ts";
import { checkNothingElse, type Hops, readStages } from "./stages.ts";

export interface BedOptions {
  readonly cni: CniPlugin;
  readonly mtu: number;
  /** Path of the compiled rr.c. */
  readonly rr: string;
}

/**
 * A lab of its own for each way, so that nothing of one can be left when another is measured. All stand at the same time:
 *
 * ```
 *   pod ━ worker ━━━ gateway ━━━ gateway ━━━ worker ━ pod      every ━━━ one veth pair, all namespaces on the same machine
 * ```
 */
export class Bed {
  readonly way: Way;
  readonly lab: Lab;
  readonly from: Pod;
  readonly to: Pod;
  readonly #hops: Hops;

  private constructor(way: Way, lab: Lab) {
    this.way = way;
    this.lab = lab;
    this.#hops = {
      worker: lab.node("east/w1"),
      gateway: lab.node("east/gw1"),
      farGateway: lab.node("west/gw1"),
      farWorker: lab.node("west/w1"),
    };
    this.from = this.#hops.worker.pod();
    this.to = this.#hops.farWorker.pod();
  }

  /** Builds the lab of a way, joins its clusters, starts the servers and checks that both families get through. `stack` takes it down. */
  static async build(way: Way, stack: AsyncDisposableStack, { cni, mtu, rr }: BedOptions): Promise<Bed> {
    const nodes = [
      { name: "gw1", gateway: true },
      { name: "w1", pods: 1 },
    ] as const;
    const lab: Lab = stack.use(
      await createLab({
        clusters: [
          { id: "east", nodes, cni },
          { id: "west", nodes, cni },
        ],
        mtu,
      }),
    );
    const bed = new Bed(way, lab);
    if (way === "plain") await plainRoutes(lab);
    else if (way === "kernel") await kernelVxlan(lab);
    else await lab.startStrait();
    stack.use(await startServers(bed.to, rr));
    await checkNothingElse(way, bed.#hops);
    for (const family of [4, 6] as const) {
      const { ok, output } = await lab.ping(bed.from, bed.to, { family });
      if (!ok) throw new Error(`the way "${way}" carries no IPv${family}: ${output.trim()}`);
    }
    return bed;
  }

  setWire(mode: WireMode): Promise<void> {
    return wireMode(this.lab, mode);
  }

  /** What every stage of the way has carried so far. */
  carried(): Promise<Carried> {
    return readStages(this.way, this.lab, this.#hops);
  }
}
