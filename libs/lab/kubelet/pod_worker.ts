// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { ApiError } from "@strait/k8s";
import type { Refusal } from "@strait/model";
import type { Log } from "@strait/obs";
import { seconds } from "./container_process.ts";
import { ContainerSlot } from "./container_slot.ts";
import type { KubeletConfig } from "./kubelet_config.ts";
import type { ObjectWatches } from "./object_watches.ts";
import { keptLaunch, launchOf } from "./pod_launch.ts";
import { startsAgain } from "./pod_status.ts";
import type { PodTokens } from "./pod_tokens.ts";
import type { KubeletPod } from "./pod_types.ts";
import { makeSandbox, readSandbox, removeSandbox, type Sandbox } from "./sandbox.ts";
import type { StatusWriter } from "./status_writer.ts";
import { tokensOf } from "./volume_files.ts";
import { volumesOf, writeVolumes } from "./volumes.ts";

/** Who a worker works with. */
export interface WorkerParts {
  readonly config: KubeletConfig;
  readonly objects: ObjectWatches;
  readonly tokens: PodTokens;
  readonly writer: StatusWriter;
  readonly log: Log;
}

/** Milliseconds a pod whose object is gone has to end; one that is deleted properly says it itself. */
const GRACE_OF_GONE = 2000;
/** Milliseconds until what failed is tried again. */
const AGAIN = 1000;

/**
 * One pod from its binding to its end: network, volumes, containers, status. Works in steps, one at a time; each looks at what
 * is there and does what is missing, so that a stand-in that starts anew just goes on.
 */
export class PodWorker {
  readonly podDir: string;
  readonly #parts: WorkerParts;
  readonly #startTime: string;
  readonly #init: readonly ContainerSlot[];
  readonly #main: readonly ContainerSlot[];
  readonly #done = Promise.withResolvers<void>();
  #pod: KubeletPod;
  #sandbox: Sandbox | undefined;
  #gone = false;
  #killAt: number | undefined;
  #wanted = false;
  #busy = false;
  #over = false;
  #timer: Timer | undefined;

  constructor(pod: KubeletPod, parts: WorkerParts) {
    this.#pod = pod;
    this.#parts = parts;
    this.podDir = `${parts.config.dir}/pods/${pod.metadata.uid}`;
    mkdirSync(this.podDir, { recursive: true });
    // Renamed into place: the lab looks at it while the kubelet writes.
    writeFileSync(`${this.podDir}/pod.json.next`, JSON.stringify(pod));
    renameSync(`${this.podDir}/pod.json.next`, `${this.podDir}/pod.json`);
    this.#sandbox = readSandbox(this.podDir);
    this.#startTime = pod.status?.startTime ?? seconds(Date.now());
    const slot = (spec: KubeletPod["spec"]["containers"][number]) =>
      new ContainerSlot(spec, `${this.podDir}/containers/${spec.name}`, () => this.kick());
    this.#init = (pod.spec.initContainers ?? []).map(slot);
    this.#main = pod.spec.containers.map(slot);
    parts.objects.use(pod, () => this.kick());
  }

  /** Resolves when nothing of the pod is left. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  /** The newest object, or undefined once there is none. */
  update(pod: KubeletPod | undefined): void {
    if (pod === undefined) this.#gone = true;
    else this.#pod = pod;
    this.kick();
  }

  /** Asks for a step. */
  kick(): void {
    this.#wanted = true;
    if (!this.#busy && !this.#over) void this.#work();
  }

  /** Ends the worker; what it started goes on. */
  close(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#parts.objects.drop(this.#pod);
    for (const slot of this.#slots) slot.close();
  }

  get #slots(): readonly ContainerSlot[] {
    return [...this.#init, ...this.#main];
  }

  async #work(): Promise<void> {
    this.#busy = true;
    while (this.#wanted && !this.#over) {
      this.#wanted = false;
      try {
        const again = this.#gone || this.#pod.metadata.deletionTimestamp ? await this.#end() : await this.#run();
        this.#kickIn(again);
      } catch (error) {
        this.#parts.log.warn("pod not in order", { pod: this.#name, reason: reasonOf(error) });
        this.#kickIn(AGAIN);
      }
    }
    this.#busy = false;
  }

  /** Does what is missing of a pod that is to run. Returns after how many milliseconds to look again, if by the clock. */
  async #run(): Promise<number | undefined> {
    const { config, writer } = this.#parts;
    if (isOver(this.#pod)) return undefined;
    this.#sandbox ??= await makeSandbox(config, this.#pod, this.podDir);
    const again = this.#main.every((slot) => slot.running) ? await this.#refresh() : await this.#start(this.#sandbox);
    const [address = ""] = this.#sandbox.podIPs;
    for (const slot of this.#main) slot.watchReadiness({ netns: this.#sandbox.netns, address });
    await writer.write({
      pod: this.#pod,
      facts: { hostIPs: config.addresses, podIPs: this.#sandbox.podIPs },
      startTime: this.#startTime,
      record: (name) => this.#slots.find(({ spec }) => spec.name === name)?.record() ?? { restarts: 0, ready: false },
    });
    return again;
  }

  /** Starts the containers whose turn it is. */
  async #start(sandbox: Sandbox): Promise<number | undefined> {
    const failed = this.#init.find((slot) => slot.ended?.exitCode !== 0);
    const due = failed === undefined ? this.#main : [failed];
    let again: number | undefined;
    for (const slot of due) {
      if (slot.running || (slot.ended !== undefined && !startsAgain(this.#pod, slot.ended))) continue;
      const pause = slot.pause(Date.now());
      if (pause > 0) {
        slot.waiting = { reason: "CrashLoopBackOff", message: `back-off restarting failed container ${slot.spec.name}` };
        again = Math.min(again ?? pause, pause);
        continue;
      }
      const launch = await this.#launch(slot, sandbox);
      if (launch === undefined) again = AGAIN;
      else slot.start(launch);
    }
    return again;
  }

  async #launch(slot: ContainerSlot, sandbox: Sandbox) {
    const { config, objects } = this.#parts;
    const kept = keptLaunch(this.podDir, slot.spec, slot.nextRunDir);
    const unread = objects.missing(this.#pod);
    if (unread.length > 0) {
      if (kept === undefined) slot.waiting = { reason: "ContainerCreating", message: unread.join("; ") };
      return kept;
    }
    let written: Refusal | undefined;
    try {
      written = await this.#writeVolumes();
    } catch (error) {
      // The API server is away: the files are those of the run before.
      if (kept !== undefined && error instanceof ApiError) return kept;
      throw error;
    }
    const lookup = objects.lookup(this.#pod.metadata.namespace);
    const launch =
      written ?? launchOf({ config, pod: this.#pod, podDir: this.podDir, sandbox, lookup }, slot.spec, slot.nextRunDir);
    if (launch.ok) return launch.value;
    slot.waiting = { reason: "CreateContainerConfigError", message: launch.reason };
    return undefined;
  }

  /** What changed reaches the files of a running pod; tokens are renewed before they run out. */
  async #refresh(): Promise<number | undefined> {
    if (this.#parts.objects.missing(this.#pod).length === 0) {
      const refused = await this.#writeVolumes();
      if (refused) this.#parts.log.warn("volumes stay as they are", { pod: this.#name, reason: refused.reason });
    }
    const { renewAt } = this.#parts.tokens;
    return renewAt === undefined ? undefined : Math.max(AGAIN, renewAt - Date.now());
  }

  /** Undefined where all is well. */
  async #writeVolumes(): Promise<Refusal | undefined> {
    const { config, objects, tokens } = this.#parts;
    await tokens.fetch(volumesOf(this.#pod).flatMap(tokensOf), Date.now());
    const written = writeVolumes(this.podDir, config.hostPaths, {
      pod: this.#pod,
      facts: { hostIPs: config.addresses, podIPs: this.#sandbox?.podIPs ?? [] },
      lookup: objects.lookup(this.#pod.metadata.namespace),
      token: (ref) => tokens.get(ref),
    });
    return written.ok ? undefined : written;
  }

  /** SIGTERM, grace, SIGKILL, CNI DEL, then the object goes. */
  async #end(): Promise<number | undefined> {
    const now = Date.now();
    if (this.#killAt === undefined) {
      const { deletionTimestamp, deletionGracePeriodSeconds = 30 } = this.#pod.metadata;
      this.#killAt = now + (deletionTimestamp && !this.#gone ? deletionGracePeriodSeconds * 1000 : GRACE_OF_GONE);
      for (const slot of this.#slots) slot.signal("SIGTERM");
    }
    if (now >= this.#killAt) for (const slot of this.#slots) slot.signal("SIGKILL");
    if (this.#slots.some((slot) => slot.running)) return Math.max(50, this.#killAt - now);
    if (this.#sandbox?.own) await removeSandbox(this.#parts.config, basename(this.#sandbox.netns));
    if (!this.#gone) await this.#parts.writer.remove(this.#pod);
    this.close();
    rmSync(this.podDir, { recursive: true, force: true });
    this.#done.resolve();
    return undefined;
  }

  #kickIn(milliseconds: number | undefined): void {
    clearTimeout(this.#timer);
    if (milliseconds !== undefined) this.#timer = setTimeout(() => this.kick(), milliseconds);
  }

  get #name(): string {
    return `${this.#pod.metadata.namespace}/${this.#pod.metadata.name}`;
  }
}

/** A pod that succeeded or failed does not run again. */
function isOver({ status }: KubeletPod): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

function reasonOf(error: unknown): string {
  return error instanceof ApiError || error instanceof Error ? error.message : String(error);
}
