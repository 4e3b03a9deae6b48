// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";
import type { Problem } from "@strait/model";
import * as v from "valibot";

/** Where container runtimes look for CNI's network configurations unless they are told otherwise. */
export const CNI_FOLDER = "/etc/cni/net.d";

/** A file of the folder that a container runtime would read. */
export interface CniNetwork {
  /** Its name in the folder. */
  readonly file: string;
  /** The network's name; undefined where the file is none. */
  readonly name?: string;
  /** Types of its plugins, the first wires pods. */
  readonly plugins: readonly string[];
}

const plugin = v.looseObject({ type: v.string() });
const configuration = v.looseObject({
  name: v.string(),
  type: v.optional(v.string()),
  plugins: v.optional(v.array(plugin)),
});

/** The networks in the folder in the order in which runtimes take them; none where there is no such folder. */
export function readCniNetworks(folder: string): CniNetwork[] {
  let files: readonly string[];
  try {
    files = readdirSync(folder);
  } catch {
    return [];
  }
  // containerd and CRI-O sort by bytes.
  const read = files.filter((name) => /\.(conf|conflist|json)$/.test(name)).sort((a, b) => (a < b ? -1 : 1));
  return read.map((file) => ({ file, ...readNetwork(`${folder}/${file}`) }));
}

function readNetwork(path: string): Omit<CniNetwork, "file"> {
  try {
    const parsed = v.safeParse(configuration, JSON.parse(readFileSync(path, "utf8")));
    if (!parsed.success) return { plugins: [] };
    const { name, type, plugins } = parsed.output;
    return { name, plugins: plugins?.map((each) => each.type) ?? (type === undefined ? [] : [type]) };
  } catch {
    return { plugins: [] };
  }
}

/**
 * What is wrong where a node has more than one network for its pods: which one they are wired to, and what to do. Not counted are
 * the loopback interface, which a file of its own may configure, and what multus, which calls other plugins, stands in front of.
 *
 * @example
 * cniProblem("/etc/cni/net.d", [{ file: "05-a.conflist", name: "a", plugins: ["ptp"] }, { file: "10-b.conflist", name: "b", plugins: ["bridge"] }]);
 * // { object: "/etc/cni/net.d", reason: "pods are wired by 05-a.conflist (network a by ptp), which comes first, and never by 10-b.conflist …" }
 */
export function cniProblem(folder: string, networks: readonly CniNetwork[]): Problem | undefined {
  const [first, ...others] = networks.filter(({ name, plugins }) => name !== undefined && plugins.some(wiresPods));
  if (first === undefined || others.length === 0 || first.plugins.includes("multus")) return undefined;
  const taken = `pods are wired by ${told(first)}, whose file comes first`;
  return { object: folder, reason: `${taken}, and never by ${others.map(told).join(", ")}: remove what is not meant` };
}

const wiresPods = (type: string): boolean => type !== "loopback";

function told({ file, name, plugins: [type] }: CniNetwork): string {
  return `${file} (network ${name} by ${type})`;
}
