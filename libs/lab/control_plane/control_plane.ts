// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { parse } from "yaml";
import type { Namespace } from "../namespace.ts";
import { answers } from "./answers.ts";
import { Daemon } from "./daemon.ts";
import type { ControlPlaneKind } from "./kind.ts";
import { forgetHistory, prepareLight } from "./light.ts";
import { firstAddress, hostPort, type Program, type ServerPlace } from "./program.ts";
import { prepareReal } from "./real.ts";
import type { ControlPlaneSpec } from "./spec.ts";

/** How long each server may take until it is up, in milliseconds: a real one needs 3 s, on a machine full of others' work far more. */
const START_LIMIT = 90_000;

/**
 * Starts the API server of a cluster and what belongs to it, and waits until it serves.
 *
 * @example
 * await using plane = await startControlPlane({ kind: "real", dir: "/run/strait-lab/1a2b0/east/api" });
 * await run([kubectl, "--kubeconfig", plane.kubeconfig, "get", "namespaces"]);
 */
export async function startControlPlane(spec: ControlPlaneSpec): Promise<ControlPlane> {
  const dir = resolve(spec.dir);
  await mkdir(dir, { recursive: true });
  const place = await placeOf(spec, dir);
  const programs = spec.kind === "real" ? await prepareReal(place) : prepareLight(place);
  const plane = new ControlPlane(spec, place, programs);
  await plane.start();
  return plane;
}

async function placeOf(spec: ControlPlaneSpec, dir: string): Promise<ServerPlace> {
  const { name = "lab", address = "127.0.0.1", flags = [], scheduler = false } = spec;
  const serviceCidrs = ownFamilyFirst(address, spec.serviceCidrs ?? ["10.96.0.0/16", "fd00:10:96::/112"]);
  const port = spec.port ?? (await freePort(address));
  const own = [
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    "localhost",
    "127.0.0.1",
    "::1",
  ];
  const names = [...new Set([address, ...own, ...serviceCidrs.map(firstAddress), ...(spec.names ?? [])])];
  return { name, dir, address, port, url: `https://${hostPort(address, port)}`, names, serviceCidrs, flags, scheduler };
}

/** A control plane that was started. Made by {@link startControlPlane}. */
export class ControlPlane {
  readonly kind: ControlPlaneKind;
  /** "https://127.0.0.1:6443" */
  readonly url: string;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly dir: string;
  readonly #ns: Namespace | undefined;
  readonly #spec: ControlPlaneSpec;
  readonly #programs: readonly Program[];
  #daemons: Daemon[] = [];

  /** Use {@link startControlPlane}. */
  constructor(spec: ControlPlaneSpec, place: ServerPlace, programs: readonly Program[]) {
    this.kind = spec.kind;
    this.url = place.url;
    this.dir = place.dir;
    this.kubeconfig = `${place.dir}/admin.kubeconfig`;
    this.#ns = spec.ns;
    this.#spec = spec;
    this.#programs = programs;
  }

  /** Certificate of its authority, PEM. */
  get ca(): string {
    const { clusters } = parse(readFileSync(this.kubeconfig, "utf8")) as { clusters: { cluster: Record<string, string> }[] };
    return Buffer.from(clusters[0]?.cluster["certificate-authority-data"] ?? "", "base64").toString();
  }

  /** Process ids of the servers that run. */
  pids(): number[] {
    return this.#daemons.filter((daemon) => daemon.running).map((daemon) => daemon.pid);
  }

  /** Starts the servers, on the data of earlier runs, and waits until they serve. Does nothing where they run. */
  async start(): Promise<void> {
    if (this.pids().length > 0) return;
    this.#daemons = [];
    try {
      for (const program of this.#programs) {
        const { up } = program;
        if ("socket" in up) await rm(up.socket, { force: true }); // of a server that was killed
        const { dir } = this;
        const daemon = new Daemon({
          ...program,
          dir,
          ns: this.#ns,
          outlive: this.#spec.outlive,
          env: { ...program.env, ...this.#spec.env },
        });
        this.#daemons.push(daemon);
        await this.#waitFor(program.name, (signal) =>
          "socket" in up ? accepts(up.socket, signal) : this.#answers(up.path, signal),
        );
      }
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /** Waits until the API server says that it is ready. */
  ready(signal: AbortSignal = AbortSignal.timeout(START_LIMIT)): Promise<void> {
    return this.#answers("/readyz", signal);
  }

  /** SIGKILL to all of it at once. {@link start} brings it back with every write it acknowledged. */
  async kill(): Promise<void> {
    await Promise.all(this.#daemons.map((daemon) => daemon.kill()));
  }

  /** Ends the servers, the last one first. {@link start} brings them back. */
  async stop(): Promise<void> {
    for (const daemon of this.#daemons.toReversed()) await daemon.stop();
  }

  /** Ends the servers and removes their folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.dir, { recursive: true, force: true });
  }

  /**
   * Kills the servers and starts them again so that they know nothing of what changed before: whoever goes on watching from an
   * earlier resourceVersion gets 410 and has to list. No object is lost.
   *
   * The real server only keeps in memory what it serves watches from, so its restart is enough.
   */
  async restartForgetting(): Promise<void> {
    await this.kill();
    if (this.kind === "light") forgetHistory(this.dir);
    await this.start();
  }

  /** The last lines that each server logged. */
  logTail(lines = 15): string {
    return this.#daemons.map((daemon) => `${daemon.name}:\n${daemon.logTail(lines)}`).join("\n");
  }

  #answers(path: string, signal: AbortSignal): Promise<void> {
    return answers(this.kubeconfig, path, { ns: this.#ns, signal });
  }

  /** Waits, unless a server ends or time runs out meanwhile. */
  async #waitFor(name: string, wait: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const over = new AbortController();
    const late = setTimeout(() => over.abort(`is not up after ${START_LIMIT / 1000} s`), START_LIMIT);
    for (const daemon of this.#daemons) daemon.ended.then(() => over.abort(`cannot come up: ${daemon.name} ended`));
    try {
      await wait(over.signal);
    } catch (error) {
      const reason = over.signal.aborted ? over.signal.reason : String(error);
      throw new Error(`${this.kind} control plane ${this.#spec.name ?? "lab"}: ${name} ${reason}\n${this.logTail()}`, {
        cause: error,
      });
    } finally {
      clearTimeout(late);
    }
  }
}

/** Waits until somebody accepts on a Unix socket: the file is there before that. */
async function accepts(path: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const socket = await Bun.connect({ unix: path, socket: { data() {} } }).catch(() => undefined);
    if (socket !== undefined) {
      socket.end();
      return;
    }
    await Bun.sleep(10);
  }
}

/** A kube-apiserver refuses to start where the first range of Services is not of the family of its own address. */
function ownFamilyFirst(address: string, ranges: readonly string[]): readonly string[] {
  const isSix = (text: string) => text.includes(":");
  return ranges.toSorted((a, b) => Number(isSix(a) !== isSix(address)) - Number(isSix(b) !== isSix(address)));
}

/** A TCP port that was free a moment ago. */
function freePort(address: string): Promise<number> {
  const server = createServer();
  return new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(0, address, () => {
      const at = server.address();
      server.close(() => (typeof at === "object" && at !== null ? done(at.port) : failed(new Error("no port"))));
    });
  });
}
