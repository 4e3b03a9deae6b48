// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { CommandError, type CommandOptions, type CommandOutput } from "../command.ts";
import type { Station } from "../station.ts";
import { merged, renamed } from "./kubeconfig_files.ts";
import { kubectlPath } from "./kubectl_path.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * Where a user of the lab sits: a namespace from which every API server is reached, a home folder, `kubectl` and `strait` on
 * the PATH, and kubeconfigs: `kubeconfig/<cluster>` and all of them in `kubeconfig/all`, which KUBECONFIG names.
 *
 * @example
 * await lab.workstation.run(["kubectl", "--context", "east", "get", "nodes"]);
 */
export class Workstation {
  readonly station: Station;
  /** The home folder, in which commands run. */
  readonly home: string;
  readonly #configs = new Map<string, string>();
  readonly #env: Record<string, string>;

  private constructor(station: Station, dir: string) {
    this.station = station;
    this.home = `${dir}/workstation`;
    this.#env = {
      HOME: this.home,
      KUBECONFIG: `${this.home}/kubeconfig/all`,
      PATH: `${this.home}/bin:${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`,
    };
  }

  /** Makes the home folder below `dir`. */
  static async create(station: Station, dir: string): Promise<Workstation> {
    const workstation = new Workstation(station, dir);
    await mkdir(`${workstation.home}/bin`, { recursive: true });
    await mkdir(`${workstation.home}/kubeconfig`, { recursive: true });
    await workstation.#command("strait", `${process.execPath} run ${ROOT}apps/cli/main.ts`);
    const kubectl = await kubectlPath();
    if (kubectl !== undefined) await workstation.#command("kubectl", kubectl);
    return workstation;
  }

  /** Adds a cluster's context, named like the cluster. */
  addContext(name: string, kubeconfig: string): void {
    this.#configs.set(name, renamed(kubeconfig, name));
    const write = (file: string, text: string) => writeFileSync(this.kubeconfig(file), text, { mode: 0o600 });
    write(name, this.#configs.get(name) ?? "");
    write("all", merged([...this.#configs.values()]));
  }

  /** Path of the kubeconfig of one cluster, or of "all". */
  kubeconfig(name: string): string {
    return `${this.home}/kubeconfig/${name}`;
  }

  /** Runs a command there and returns what it left behind, whatever its code. */
  exec(argv: readonly string[], options: CommandOptions = {}): Promise<CommandOutput> {
    return this.station.ns.exec(argv, { cwd: this.home, ...options, env: { ...this.#env, ...options.env } });
  }

  /** Runs a command that must succeed and returns its stdout; throws CommandError otherwise. */
  async run(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
    const result = await this.exec(argv, options);
    if (result.code !== 0) throw new CommandError(argv, result);
    return result.stdout;
  }

  /** `kubectl` in the context of a cluster; it must succeed. */
  kubectl(context: string, argv: readonly string[], options: CommandOptions = {}): Promise<string> {
    return this.run(["kubectl", "--context", context, ...argv], options);
  }

  async #command(name: string, command: string): Promise<void> {
    const path = `${this.home}/bin/${name}`;
    await Bun.write(path, `#!/bin/sh\nexec ${command} "$@"\n`);
    await chmod(path, 0o755);
  }
}
