// SPDX-License-Identifier: Apache-2.0
import type { Lab } from "@strait/lab";

const PORT = 6443;

/**
 * From now on nothing passes over the connections that a cluster's API server has at this moment, in either direction and without
 * a word to anybody, as with a firewall that forgot them; new connections work. Those of the workstation are spared.
 */
export async function dropConnections(lab: Lab, cluster: string): Promise<number> {
  const api = lab.cluster(cluster).api;
  if (api === undefined) throw new RangeError(`cluster ${cluster} has no API server`);
  const listed = await api.ns.run(["ss", "-Htn", "state", "established", `( sport = :${PORT} )`]);
  const spared = api.address(4).replace(/\.\d+$/, ".251");
  const peers = listed
    .split("\n")
    .map((line) => line.trim().split(/\s+/)[3] ?? "")
    .map((peer) => /^\[?(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)\]?:(\d+)$/.exec(peer))
    .flatMap((match) => (match === null || match[1] === spared ? [] : [`${match[1]} . ${match[2]}`]));
  const rules = [
    "table ip forgetful {",
    `  set connections { type ipv4_addr . inet_service; elements = { ${peers.join(", ")} } }`,
    "  chain in { type filter hook input priority -300; ip saddr . tcp sport @connections drop; }",
    "  chain out { type filter hook output priority -300; ip daddr . tcp dport @connections drop; }",
    "}",
  ];
  await api.ns.run(["nft", "-f", "-"], { stdin: `${rules.join("\n")}\n` });
  return peers.length;
}
