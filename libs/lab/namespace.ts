// SPDX-License-Identifier: Apache-2.0
import { type CommandOptions, type CommandOutput, output, run } from "./command.ts";
import type { Family } from "./spec.ts";

/** Directory in which iproute2 keeps its named network namespaces. */
export const NETNS_DIR = "/run/netns";

/**
 * A named network namespace.
 *
 * @example
 * const ns = new Namespace("st1a-east-gw1");
 * await ns.ip(["link set lo up"]);
 * const { stdout } = await ns.exec(["ip", "-brief", "address"]);
 */
export class Namespace {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** The file that stands for the namespace, as CNI_NETNS wants it. */
  get path(): string {
    return `${NETNS_DIR}/${this.name}`;
  }

  /** The command line that runs `argv` inside, with a /sys of its own (`ip netns exec`). */
  argv(argv: readonly string[]): string[] {
    return ["ip", "netns", "exec", this.name, ...argv];
  }

  /** Runs `argv` inside and returns what it left behind, whatever the code. */
  exec(argv: readonly string[], options: CommandOptions = {}): Promise<CommandOutput> {
    return output(this.argv(argv), options);
  }

  /** Runs `argv` inside; it must succeed. Returns its stdout. Cheaper than {@link exec}: /sys stays the host's. */
  run(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
    return run(["nsenter", `--net=${this.path}`, ...argv], options);
  }

  /** Runs `ip` commands, one process for all of them; the first that fails ends the batch and throws. */
  async ip(lines: readonly string[], options: { readonly family?: Family } = {}): Promise<void> {
    if (lines.length === 0) return;
    const family = options.family === undefined ? [] : [`-${options.family}`];
    await run(["ip", ...family, "-n", this.name, "-batch", "-"], { stdin: `${lines.join("\n")}\n` });
  }

  /** Writes sysctls, named from /proc/sys on with slashes: `{"net/ipv4/ip_forward": 1}`. */
  async sysctl(values: Readonly<Record<string, number | string>>): Promise<void> {
    const script = Object.entries(values).map(([key, value]) => `echo ${value} > /proc/sys/${key}`);
    await this.run(["sh", "-ec", script.join("\n")]);
  }
}

/** Makes the namespaces and brings `lo` up in each, with IPv6 addresses usable at once (no duplicate detection). */
export async function createNamespaces(names: readonly string[]): Promise<Namespace[]> {
  await run(["ip", "-batch", "-"], { stdin: `${names.map((name) => `netns add ${name}`).join("\n")}\n` });
  const all = names.map((name) => new Namespace(name));
  await Promise.all(all.map((ns) => Promise.all([ns.ip(["link set lo up"]), ns.sysctl(QUIET)])));
  return all;
}

const QUIET = {
  "net/ipv6/conf/all/accept_dad": 0,
  "net/ipv6/conf/default/accept_dad": 0,
  "net/ipv6/conf/all/accept_ra": 0,
  "net/ipv6/conf/default/accept_ra": 0,
  "net/ipv4/conf/all/rp_filter": 0,
  "net/ipv4/conf/default/rp_filter": 0,
};

/** What a namespace needs to forward as a Kubernetes node does. */
export const FORWARDING = {
  "net/ipv4/ip_forward": 1,
  "net/ipv6/conf/all/forwarding": 1,
  "net/ipv6/conf/default/forwarding": 1,
};
