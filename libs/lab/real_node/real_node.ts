// SPDX-License-Identifier: Apache-2.0
import { existsSync, openSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import type { Authority } from "../control_plane/authority.ts";
import { type KubeConfigSpec, kubeConfig } from "../control_plane/kubeconfig.ts";
import type { Namespace } from "../namespace.ts";
import { controlGroups, removeControlGroups } from "./control_groups.ts";
import { FLANNEL_USER } from "./flannel.ts";
import { nodeFiles } from "./node_files.ts";
import { nodeScript } from "./node_script.ts";
import { controlGroup, type RealNodeConfig } from "./real_node_config.ts";

export interface RealNodeParts extends RealNodeConfig {
  /** The node's network namespace. */
  readonly ns: Pick<Namespace, "path">;
  /** The cluster's authority, which makes the node's certificates. */
  readonly authority: Authority;
  readonly cluster: Pick<KubeConfigSpec, "name" | "url">;
}

/**
 * A node with a real containerd, kubelet and kube-proxy, in namespaces of its own. One signal ends all of it; started again on the same
 * folder it is the node after a reboot.
 *
 * @example
 * const node = await RealNode.start(parts);
 * await node.kill();   // the power is cut
 * await node.start();  // and comes back
 * await node.remove(); // no process, mount, control group or file is left
 */
export class RealNode {
  readonly #parts: RealNodeParts;
  #child: Bun.Subprocess | undefined;

  private constructor(parts: RealNodeParts) {
    this.#parts = parts;
  }

  static async start(parts: RealNodeParts): Promise<RealNode> {
    const node = new RealNode(parts);
    await node.#prepare();
    await node.start();
    return node;
  }

  /** The first process of the node as this machine counts; undefined while the node is off. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Its disk. */
  get dir(): string {
    return this.#parts.dir;
  }

  /** The last lines of what its programs said. */
  logTail(lines = 15): string {
    return ["node", "kubelet"].map((name) => tail(`${this.dir}/log/${name}.log`, lines)).join("\n");
  }

  /** What the newest container of an app of Strait's logged. */
  appLog(app: string): string {
    const files = [...new Bun.Glob(`log/pods/*_submariner-${app}-*/submariner-${app}/*.log`).scanSync(this.dir)].sort();
    const newest = files.at(-1);
    return newest === undefined ? "" : readFileSync(`${this.dir}/${newest}`, "utf8");
  }

  /** SIGKILL to programs of the node by their name, "kubelet" or "containerd"; they start again by themselves. Gives how many there were. */
  killPrograms(...names: readonly string[]): number {
    const own = this.pid === undefined ? undefined : pidNamespace(this.pid, "pid_for_children");
    const found = readdirSync("/proc").filter((pid) => {
      if (!/^\d+$/.test(pid) || pidNamespace(Number(pid), "pid") !== own) return false;
      const [program = ""] = text(`/proc/${pid}/cmdline`).split("\0");
      return names.includes(program.slice(program.lastIndexOf("/") + 1));
    });
    for (const pid of found) process.kill(Number(pid), "SIGKILL");
    return found.length;
  }

  /** Turns the node on and waits until its programs are started. */
  async start(): Promise<void> {
    const { dir, ns } = this.#parts;
    await rm(`${dir}/booted`, { force: true });
    const log = openSync(`${dir}/log/node.log`, "a");
    const unshare = ["unshare", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child=SIGKILL", "--mount-proc"];
    this.#child = Bun.spawn(["nsenter", `--net=${ns.path}`, ...unshare, "sh", `${dir}/node.sh`], {
      stdin: "ignore",
      stdout: log,
      stderr: log,
    });
    while (!existsSync(`${dir}/booted`)) {
      if (this.#child.exitCode !== null) throw new Error(`node ${this.#parts.name} did not start; see ${dir}/log/node.log`);
      await Bun.sleep(20);
    }
  }

  /** Cuts the power: SIGKILL to everything on the node at once. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.exited;
    this.#child = undefined;
    const left = removeControlGroups(controlGroups(controlGroup(this.#parts.id)));
    if (left.length > 0) throw new Error(`${left.join(", ")} cannot be removed: processes are still in it`);
  }

  /** Kills the node and removes its folder. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.#parts.dir, { recursive: true, force: true });
  }

  async #prepare(): Promise<void> {
    const { dir, name, authority, cluster } = this.#parts;
    await mkdir(`${dir}/log`, { recursive: true });
    for (const [path, text] of Object.entries(nodeFiles(this.#parts))) await Bun.write(`${dir}/${path}`, text);
    await Bun.write(`${dir}/node.sh`, nodeScript(this.#parts));
    await Bun.write(`${dir}/pki/ca.crt`, authority.cert);
    const users = [
      { file: "kubelet", user: `system:node:${name}`, groups: ["system:nodes"] },
      { file: "proxy", user: "system:kube-proxy" },
      ...(this.#parts.flannel === undefined ? [] : [{ file: "flannel", user: FLANNEL_USER }]),
    ];
    for (const { file, ...subject } of users) {
      await Bun.write(
        `${dir}/${file}.kubeconfig`,
        kubeConfig({ ...cluster, ca: authority.cert, user: await authority.issue(subject) }),
      );
    }
  }
}

/** A process' PID namespace as /proc names it; "none" where it has gone. */
function pidNamespace(pid: number, kind: "pid" | "pid_for_children"): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`);
  } catch {
    return "none";
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // gone meanwhile
  }
}

function tail(file: string, lines: number): string {
  return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines).join("\n") : "";
}
