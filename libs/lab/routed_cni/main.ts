// SPDX-License-Identifier: Apache-2.0

/**
 * A CNI plugin (specification 1.0.0) that wires pods as Calico does: a veth pair, a /32 (or /128) in the pod, a default route over an
 * address that no interface has and that the node answers for (proxy ARP), a route per pod on the node, and a policy in nftables.
 * Addresses come from the IPAM plugin that the configuration names.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { run } from "../command.ts";
import { policy } from "./policy.ts";

/** Next hops of pods: Calico's. */
const NEXT_HOP = { 4: "169.254.1.1", 6: "fe80::ecee:eeff:feee:eeee" } as const;
const HOST_MAC = "ee:ee:ee:ee:ee:ee";

interface Config {
  readonly cniVersion: string;
  readonly mtu: number;
  readonly ipam: { readonly type: string };
}

interface IpamResult {
  readonly ips: readonly { readonly address: string; readonly gateway?: string }[];
}

const env = (name: string): string => process.env[name] ?? "";

async function main(): Promise<void> {
  const text = await Bun.stdin.text();
  const command = env("CNI_COMMAND");
  if (command === "VERSION") return print({ cniVersion: "1.0.0", supportedVersions: ["0.4.0", "1.0.0"] });
  const config = JSON.parse(text) as Config;
  const ipam = () =>
    run([`${env("CNI_PATH").split(":")[0]}/${config.ipam.type}`], { stdin: text, env: process.env as Record<string, string> });
  if (command === "ADD") return print(await add(config, JSON.parse(await ipam()) as IpamResult));
  if (command === "DEL") {
    await ipam();
    await run(["ip", "link", "del", hostName()]).catch(() => undefined); // gone with the pod's namespace
  }
}

/** The interface on the node's side, from the id of the container. */
function hostName(): string {
  return `cali${createHash("sha1").update(env("CNI_CONTAINERID")).digest("hex").slice(0, 11)}`;
}

async function add({ cniVersion, mtu }: Config, { ips }: IpamResult): Promise<object> {
  const [host, inside, netns] = [hostName(), env("CNI_IFNAME"), env("CNI_NETNS")];
  const pod = (argv: readonly string[]) => run(["nsenter", `--net=${netns}`, ...argv]);
  await run(["nft", "-f", "-"], { stdin: policy });
  await pod(["ip", "link", "add", inside, "mtu", `${mtu}`, "type", "veth", "peer", "name", host]);
  // The namespace of this process: the node's.
  await pod(["ip", "link", "set", host, "netns", `${process.pid}`]);
  // The kernel makes NEXT_HOP[6] of this MAC address; nobody else can have it on this link.
  await run(["sysctl", "-qw", `net.ipv6.conf.${host}.accept_dad=0`]);
  await run(["ip", "link", "set", host, "address", HOST_MAC, "mtu", `${mtu}`, "up"]);
  await run(["sysctl", "-qw", `net.ipv4.conf.${host}.proxy_arp=1`, `net.ipv4.neigh.${host}.proxy_delay=0`]);
  await run(["sysctl", "-qw", `net.ipv4.conf.${host}.forwarding=1`, `net.ipv6.conf.${host}.forwarding=1`]);
  await pod(["ip", "link", "set", inside, "up"]);
  for (const { address } of ips) {
    const [ip = ""] = address.split("/");
    const family = ip.includes(":") ? 6 : 4;
    const via = NEXT_HOP[family];
    if (family === 4) {
      await pod(["ip", "address", "add", `${ip}/32`, "dev", inside]);
      await pod(["ip", "route", "add", via, "dev", inside, "scope", "link"]);
    } else {
      await pod(["ip", "address", "add", `${ip}/128`, "dev", inside, "nodad"]);
    }
    await pod(["ip", `-${family}`, "route", "add", "default", "via", via, "dev", inside]);
    await run(["ip", `-${family}`, "route", "replace", ip, "dev", host, "scope", "link"]);
  }
  return {
    cniVersion,
    interfaces: [
      { name: host, mac: HOST_MAC },
      { name: inside, sandbox: netns },
    ],
    ips: ips.map(({ address }) => ({ address: `${address.split("/")[0]}/${address.includes(":") ? 128 : 32}`, interface: 1 })),
  };
}

function print(result: object): void {
  console.log(JSON.stringify(result));
}

try {
  await main();
} catch (error) {
  print({ cniVersion: "1.0.0", code: 999, msg: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}
