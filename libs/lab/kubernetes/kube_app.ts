// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from "node:fs";
import type { AppName } from "../app_files.ts";
import { straitCommand } from "../kubelet/container_command.ts";
import type { Node } from "../node.ts";
import { appPid } from "../real_node/lab_node.ts";
import type { RealNode } from "../real_node/real_node.ts";
import { podsOf, runDirOf } from "./node_pods.ts";

/**
 * One of Strait's apps in a pod of a node: its process, its log and what it answers. Whatever the pod is called and however
 * often it was started again, this is the one that runs now.
 *
 * @example
 * const agent = new KubeApp(node, "routeagent");
 * agent.kill(); // the kubelet stand-in starts it again
 */
export class KubeApp {
  readonly node: Node;
  readonly name: AppName;
  readonly #real: RealNode | undefined;

  /** `real`: the real node it runs on, where it is one. */
  constructor(node: Node, name: AppName, real?: RealNode) {
    this.node = node;
    this.name = name;
    this.#real = real;
  }

  get label(): string {
    return `${this.name} on ${this.node.label}`;
  }

  /** Process id; undefined where it does not run. */
  get pid(): number | undefined {
    if (this.#real !== undefined) return appPid(this.node, this.name);
    const file = `${this.#runDir}/pid`;
    if (this.#runDir === undefined || !existsSync(file) || existsSync(`${this.#runDir}/exit`)) return undefined;
    return Number(readFileSync(file, "utf8"));
  }

  /** Times its container was started again. */
  get restarts(): number {
    return Number(this.#runDir?.split("/").at(-1) ?? 0);
  }

  /** What its present run logged. */
  get log(): string {
    if (this.#real !== undefined) return this.#real.appLog(this.name);
    const file = `${this.#runDir}/log`;
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** The last `lines` lines of the log. */
  logTail(lines = 15): string {
    return this.log.trim().split("\n").slice(-lines).join("\n");
  }

  /** Resident memory in bytes; 0 where it does not run. */
  get rss(): number {
    const { pid } = this;
    if (pid === undefined || !existsSync(`/proc/${pid}/status`)) return 0;
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  }

  /** A request to the app's Unix socket. */
  fetch(path: string): Promise<Response> {
    return fetch(`http://localhost${path}`, { unix: this.#socket() });
  }

  /** Body of a 200 answer as text; throws otherwise. */
  async get(path: string): Promise<string> {
    const answer = await this.fetch(path);
    if (!answer.ok) throw new Error(`${this.label}: ${path} answered ${answer.status}`);
    return answer.text();
  }

  /** Sends it a signal, SIGKILL when absent. False where it does not run. */
  kill(signal: NodeJS.Signals = "SIGKILL"): boolean {
    const { pid } = this;
    if (pid === undefined) return false;
    process.kill(pid, signal);
    return true;
  }

  #socket(): string {
    const run = this.#real === undefined ? `${this.node.dir}/run` : `/proc/${this.#real.pid}/root/run/strait`;
    return `${run}/${this.name}.sock`;
  }

  get #runDir(): string | undefined {
    for (const found of podsOf(this.node)) {
      const container = found.pod.spec.containers.find((each) => straitCommand(each) === this.name);
      const dir = container && runDirOf(found, container.name);
      if (dir !== undefined) return dir;
    }
    return undefined;
  }
}
