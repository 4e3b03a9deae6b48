// SPDX-License-Identifier: Apache-2.0
import { Namespace } from "../namespace.ts";
import type { Family } from "../spec.ts";

/**
 * A network namespace that has its name in another mount namespace, as the pods of a real node have: reached through a process
 * that sees it.
 *
 * @example
 * const ns = new ForeignNamespace(node.pid, "/var/run/netns/cni-1234");
 * await ns.exec(["ip", "-brief", "address"]);
 */
export class ForeignNamespace extends Namespace {
  readonly #path: string;

  /** `pid`: a process in that mount namespace; `path`: the namespace's file as that process sees it. */
  constructor(pid: number, path: string) {
    super(path.slice(path.lastIndexOf("/") + 1));
    // /var/run is an absolute symbolic link, which leads out of the other mount namespace.
    this.#path = `/proc/${pid}/root${path.replace(/^\/var\/run\//, "/run/")}`;
  }

  override get path(): string {
    return this.#path;
  }

  /** With the machine's own /sys, unlike that of a named one. */
  override argv(argv: readonly string[]): string[] {
    return ["nsenter", `--net=${this.#path}`, ...argv];
  }

  override async ip(lines: readonly string[], options: { readonly family?: Family } = {}): Promise<void> {
    if (lines.length === 0) return;
    const family = options.family === undefined ? [] : [`-${options.family}`];
    await this.run(["ip", ...family, "-batch", "-"], { stdin: `${lines.join("\n")}\n` });
  }
}
