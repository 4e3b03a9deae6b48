// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync } from "node:fs";
import { ContainerProcess, type Launch } from "./container_process.ts";
import type { ContainerRecord, Ended } from "./pod_status.ts";
import type { ContainerSpec } from "./pod_types.ts";
import { type ProbeTarget, ReadinessProbe } from "./readiness_probe.ts";

/** A container that ran this long may fail as if it had never failed, in milliseconds. */
const SETTLED = 10_000;
/** Longest pause before a container is started again, in milliseconds. */
const LONGEST_PAUSE = 10_000;

/**
 * One container of a pod over all its runs. Each run has a folder `<dir>/<n>`, from 0; a stand-in that starts takes over the
 * newest.
 */
export class ContainerSlot {
  readonly spec: ContainerSpec;
  readonly #dir: string;
  readonly #onChange: () => void;
  #attempt: number;
  #process: ContainerProcess | undefined;
  #ended: Ended | undefined;
  #last: ContainerRecord["last"];
  #probe: ReadinessProbe | undefined;
  #failures = 0;
  /** Why it cannot start now. */
  waiting: ContainerRecord["waiting"];

  constructor(spec: ContainerSpec, dir: string, onChange: () => void) {
    this.spec = spec;
    this.#dir = dir;
    this.#onChange = onChange;
    const attempts = existsSync(dir) ? readdirSync(dir).map(Number) : [];
    this.#attempt = attempts.length === 0 ? -1 : Math.max(...attempts);
    if (this.#attempt >= 0) this.#process = ContainerProcess.adopt(this.runDir, onChange);
  }

  /** Folder of the newest run. */
  get runDir(): string {
    return `${this.#dir}/${this.#attempt}`;
  }

  /** Folder of the next run. */
  get nextRunDir(): string {
    return `${this.#dir}/${this.#attempt + 1}`;
  }

  /** How the newest run ended; undefined while it runs, and where there was none. */
  get ended(): Ended | undefined {
    this.#ended ??= this.#process?.ended({ fallBackToLog: this.spec.terminationMessagePolicy === "FallbackToLogsOnError" });
    if (this.#ended !== undefined) this.#closeProbe();
    return this.#ended;
  }

  get running(): boolean {
    return this.#process !== undefined && this.ended === undefined;
  }

  /** Milliseconds until it may be started again after its newest run: none after the first failure, then ever longer. */
  pause(now: number): number {
    if (this.#process === undefined || this.#ended === undefined) return 0;
    const ranFor = Date.parse(this.#ended.finishedAt) - Date.parse(this.#process.startedAt);
    const failures = ranFor >= SETTLED ? 0 : this.#failures;
    const pause = failures === 0 ? 0 : Math.min(LONGEST_PAUSE, 100 * 2 ** failures);
    return Math.max(0, Date.parse(this.#ended.finishedAt) + pause - now);
  }

  /** Starts the next run. */
  start(launch: Launch): void {
    if (this.#process !== undefined && this.#ended !== undefined) {
      const ranFor = Date.parse(this.#ended.finishedAt) - Date.parse(this.#process.startedAt);
      this.#failures = ranFor >= SETTLED ? 1 : this.#failures + 1;
      this.#last = { startedAt: this.#process.startedAt, ended: this.#ended };
    }
    this.#process?.close();
    this.#closeProbe();
    this.#ended = undefined;
    this.waiting = undefined;
    this.#attempt++;
    this.#process = ContainerProcess.start(this.runDir, launch, this.#onChange);
  }

  /** Sees to it that the readiness of a running container is asked for. */
  watchReadiness(target: ProbeTarget): void {
    const { readinessProbe } = this.spec;
    if (readinessProbe && this.running) this.#probe ??= new ReadinessProbe(readinessProbe, target, this.#onChange);
  }

  signal(name: "SIGTERM" | "SIGKILL"): void {
    if (this.running) this.#process?.signal(name);
  }

  /** Looks no more; a running container goes on. */
  close(): void {
    this.#process?.close();
    this.#closeProbe();
  }

  record(): ContainerRecord {
    const process = this.#process;
    const ended = this.ended;
    return {
      restarts: Math.max(0, this.#attempt),
      ...(this.waiting === undefined ? {} : { waiting: this.waiting }),
      ...(process === undefined
        ? {}
        : { current: { id: `${process.pid ?? 0}-${this.#attempt}`, startedAt: process.startedAt, ...(ended ? { ended } : {}) } }),
      ...(this.#last === undefined ? {} : { last: this.#last }),
      ready: this.spec.readinessProbe === undefined || this.#probe?.ready === true,
    };
  }

  #closeProbe(): void {
    this.#probe?.close();
    this.#probe = undefined;
  }
}
