// SPDX-License-Identifier: Apache-2.0
import { type Lab, Namespace, namespacePrefix } from "@strait/lab";

const PORT = 6443;
/** The workstation's addresses, on every segment. */
const WORKSTATION = /\.251$/;

/**
 * From now on nothing passes over the connections that an API server has at this moment ("broker", "east-api"), in either direction and without
 * a word to anybody, as with a firewall that forgot them; new connections work. Those of the workstation are spared.
 */
export async function dropConnections(lab: Lab, station: string): Promise<number> {
  const ns = new Namespace(`${namespacePrefix(lab.id)}${station}`);
  const listed = await ns.run(["ss", "-Htn", "state", "established", `( sport = :${PORT} )`]);
  const peers = listed
    .split("\n")
    .map((line) => line.trim().split(/\s+/)[3] ?? "")
    .map((peer) => /^\[?(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)\]?:(\d+)$/.exec(peer))
    .flatMap((match) => (match === null || WORKSTATION.test(match[1] ?? "") ? [] : [`${match[1]} . ${match[2]}`]));
  const rules = [
    "table ip forgetful {",
    `  set connections { type ipv4_addr . inet_service; elements = { ${peers.join(", ")} } }`,
    "  chain in { type filter hook input priority -300; ip saddr . tcp sport @connections drop; }",
    "  chain out { type filter hook output priority -300; ip daddr . tcp dport @connections drop; }",
    "}",
  ];
  await ns.run(["nft", "-f", "-"], { stdin: `${rules.join("\n")}\n` });
  return peers.length;
}
