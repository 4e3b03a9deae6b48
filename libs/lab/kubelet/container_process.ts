// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  existsSync,
  type FSWatcher,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  watch,
  writeFileSync,
} from "node:fs";
import type { Ended } from "./pod_status.ts";

/** What a container is started with. */
export interface Launch {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Path of the network namespace. */
  readonly netns: string;
  /** See mount_script.ts. */
  readonly script: string;
}

/**
 * Stays between the stand-in and the container: keeps the process id and the exit code on disk, so that a stand-in that
 * starts later knows both. The container is a session of its own; its process id is the session's.
 */
const SHIM =
  'd=$1; shift; echo $$ > "$d/shim"; setsid "$@" & echo $! > "$d/pid.new"; mv "$d/pid.new" "$d/pid"; wait $!; echo $? > "$d/exit.new"; mv "$d/exit.new" "$d/exit"';

/** Bytes of the log and of the termination file that make a message. */
const MESSAGE_BYTES = 4096;

/**
 * One run of a container: a process that outlives the stand-in, and its folder with `pid`, `exit`, `log` and `termination`.
 *
 * @example
 * const process = ContainerProcess.start("/run/…/containers/web/0", launch, () => worker.kick());
 * process.signal("SIGTERM");
 */
export class ContainerProcess {
  readonly dir: string;
  readonly #watcher: FSWatcher;

  private constructor(dir: string, onChange: () => void) {
    this.dir = dir;
    this.#watcher = watch(dir, (_event, name) => {
      if (name === "exit" || name === "pid") onChange();
    });
    this.#watcher.on("error", () => {});
  }

  /** Starts a container in a folder that is not there yet. `onChange` is called when its process id is known and when it ended. */
  static start(dir: string, launch: Launch, onChange: () => void): ContainerProcess {
    mkdirSync(dir, { recursive: true });
    writeFileSync(`${dir}/termination`, "");
    writeFileSync(`${dir}/script`, launch.script);
    const run = new ContainerProcess(dir, onChange);
    const log = openSync(`${dir}/log`, "a");
    const inside = ["nsenter", `--net=${launch.netns}`, "unshare", "-m", "--propagation", "slave"];
    const child = Bun.spawn(["sh", "-c", SHIM, "shim", dir, ...inside, "sh", `${dir}/script`, ...launch.argv], {
      cwd: launch.cwd,
      env: { ...launch.env },
      stdin: "ignore",
      stdout: log,
      stderr: log,
      detached: true,
    });
    child.unref();
    closeSync(log);
    return run;
  }

  /** Takes over a container that an earlier stand-in started. */
  static adopt(dir: string, onChange: () => void): ContainerProcess {
    return new ContainerProcess(dir, onChange);
  }

  /** Undefined for the moment until the shim has written it. */
  get pid(): number | undefined {
    return existsSync(`${this.dir}/pid`) ? Number(readFileSync(`${this.dir}/pid`, "utf8")) : undefined;
  }

  get startedAt(): string {
    return seconds(statSync(`${this.dir}/script`).mtimeMs);
  }

  /** How it ended; undefined while it runs. A process that is gone without the shim's word was killed together with it. */
  ended(message: { readonly fallBackToLog: boolean }): Ended | undefined {
    const file = `${this.dir}/exit`;
    if (existsSync(file)) {
      const exitCode = Number(readFileSync(file, "utf8"));
      return { exitCode, finishedAt: seconds(statSync(file).mtimeMs), ...this.#message(exitCode, message.fallBackToLog) };
    }
    // The shim writes it a moment after the container is gone.
    const { pid } = this;
    if (pid === undefined || existsSync(`/proc/${pid}`) || this.#shimRuns) return undefined;
    return existsSync(file) ? this.ended(message) : { exitCode: 137, finishedAt: seconds(Date.now()) };
  }

  /** To the container's whole session, since a container has no parent that would pass it on. */
  signal(name: "SIGTERM" | "SIGKILL"): void {
    const pid = this.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, name);
    } catch {} // ended meanwhile
  }

  /** Looks no more; the process goes on. */
  close(): void {
    this.#watcher.close();
  }

  get #shimRuns(): boolean {
    return existsSync(`/proc/${readFileSync(`${this.dir}/shim`, "utf8").trim()}`);
  }

  #message(exitCode: number, fallBackToLog: boolean): { readonly message?: string } {
    const text = readFileSync(`${this.dir}/termination`, "utf8");
    if (text !== "") return { message: text.slice(0, MESSAGE_BYTES) };
    if (!fallBackToLog || exitCode === 0) return {};
    return { message: readFileSync(`${this.dir}/log`, "utf8").slice(-MESSAGE_BYTES) };
  }
}

/** Times of statuses are whole seconds, as Kubernetes writes them. */
export function seconds(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
