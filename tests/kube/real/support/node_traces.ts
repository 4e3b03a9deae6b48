// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync } from "node:fs";
import { type Lab, output } from "@strait/lab";

/** What of Strait could be left on a node, by what it is; each a list of lines that stay the same while nobody touches the node. */
export type NodeTraces = Readonly<Record<string, readonly string[]>>;

/** Looks at a real node from inside: its network, its bpffs, its folders. Pods' own interfaces and addresses that Kubernetes adds count. */
export async function nodeTraces(lab: Lab, label: string): Promise<NodeTraces> {
  const node = lab.node(label);
  const { pid } = lab.kube(node.cluster).realNode(node);
  const inside = async (...argv: string[]): Promise<string[]> =>
    (await output(["nsenter", `--target=${pid}`, "--mount", "--net", "--pid", "--", ...argv])).stdout
      .split("\n")
      .map((line) => line.trimEnd())
      .filter((line) => line !== "");
  const root = `/proc/${pid}/root`;
  // An empty folder of the node's memory is none: the kubelet made it for the pods' volume.
  const files = (folder: string): string[] =>
    existsSync(root + folder) ? readdirSync(root + folder, { recursive: true }).map(String) : [];
  return {
    links: (await inside("ip", "-br", "link")).map((line) => line.split(/\s+/)[0] ?? ""),
    rules: [...(await inside("ip", "rule")), ...(await inside("ip", "-6", "rule"))],
    routes: [
      ...(await inside("ip", "route", "show", "table", "all")),
      ...(await inside("ip", "-6", "route", "show", "table", "all")),
    ]
      .filter((line) => !/^(multicast|anycast|local|broadcast)|expires/.test(line))
      .map((line) => line.replace(/ (pref medium|metric \d+)/g, ""))
      .sort(),
    tables: await inside("nft", "list", "tables"),
    hooks: (await inside("bpftool", "net", "show")).filter((line) => /strait|tcx|clsact|xdp.*id/.test(line)),
    queues: (await inside("tc", "qdisc", "show")).filter((line) => line.includes("clsact")),
    pins: files("/sys/fs/bpf"),
    files: files("/run/strait"),
    filters: await inside(
      "sysctl",
      "-a",
      "--pattern",
      "rp_filter|proxy_arp|ip_forward|conf.*forwarding|accept_local|src_valid_mark",
    ),
    steering: await inside("sh", "-c", "cat /sys/class/net/eth*/queues/rx-*/rps_cpus"),
  };
}
