// SPDX-License-Identifier: Apache-2.0
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { answers } from "../control_plane/answers.ts";
import type { ControlPlane } from "../control_plane/control_plane.ts";
import { Daemon } from "../control_plane/daemon.ts";
import { hostPort } from "../control_plane/program.ts";
import type { Station } from "../station.ts";
import { API_PORT } from "./kubelet_files.ts";

const CLI = fileURLToPath(new URL("../../../apps/cli/main.ts", import.meta.url));

/** How long it may take until it serves, in milliseconds. */
const START_LIMIT = 60_000;

/** The broker's API server, whatever it is. */
export type BrokerServer = Pick<ControlPlane, "kubeconfig" | "pids" | "start" | "kill" | "stop" | "logTail"> & {
  /** The command that started it, as typed; undefined where a broker is no command but a Kubernetes cluster. */
  readonly command?: string;
};

/**
 * `strait broker`, running in the broker's namespace: what a user has who has no cluster to spare.
 *
 * @example
 * const broker = await EmbeddedBroker.launch(station, "/run/strait-lab/1a2b0/broker");
 * await broker.kill();
 */
export class EmbeddedBroker implements BrokerServer {
  readonly kubeconfig: string;
  readonly command: string;
  readonly #station: Station;
  readonly #dir: string;
  readonly #argv: readonly string[];
  #daemon: Daemon | undefined;

  private constructor(station: Station, dir: string) {
    this.#station = station;
    this.#dir = dir;
    this.kubeconfig = `${dir}/data/admin.kubeconfig`;
    const addresses = station.families.map((family) => station.address(family));
    const listen = hostPort(addresses.length > 1 ? "::" : (addresses[0] ?? ""), API_PORT);
    this.#argv = ["broker", "--data", `${dir}/data`, "--listen", listen, ...addresses.flatMap((name) => ["--name", name])];
    this.command = ["strait", ...this.#argv, "&"].join(" ");
  }

  /** Starts it with its data in `dir` and waits until it serves. */
  static async launch(station: Station, dir: string): Promise<EmbeddedBroker> {
    await mkdir(dir, { recursive: true });
    const broker = new EmbeddedBroker(station, dir);
    await broker.start();
    return broker;
  }

  pids(): number[] {
    return this.#daemon?.running ? [this.#daemon.pid] : [];
  }

  /** Starts it on the data of earlier runs. Does nothing where it runs. */
  async start(): Promise<void> {
    if (this.#daemon?.running) return;
    const argv = [process.execPath, "run", CLI, ...this.#argv];
    const daemon = new Daemon({ name: "broker", argv, dir: this.#dir, ns: this.#station.ns, outlive: true });
    this.#daemon = daemon;
    const over = AbortSignal.any([AbortSignal.timeout(START_LIMIT), ended(daemon)]);
    while (!(await Bun.file(this.kubeconfig).exists()) && !over.aborted) await Bun.sleep(10);
    try {
      over.throwIfAborted();
      await answers(this.kubeconfig, "/readyz", { ns: this.#station.ns, signal: over });
    } catch (cause) {
      throw new Error(`the broker does not serve:\n${daemon.logTail()}`, { cause });
    }
  }

  /** SIGKILL. {@link start} brings it back with every write it acknowledged. */
  async kill(): Promise<void> {
    await this.#daemon?.kill();
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop();
  }

  logTail(lines?: number): string {
    return this.#daemon?.logTail(lines) ?? "";
  }
}

function ended(daemon: Daemon): AbortSignal {
  const controller = new AbortController();
  void daemon.ended.then(() => controller.abort(new Error("the broker ended")));
  return controller.signal;
}
