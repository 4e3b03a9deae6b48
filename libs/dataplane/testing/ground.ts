// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { BpfObject, type BpfProgram } from "@strait/ffi";
import { compileBpf, ownBpffs, sh } from "@strait/ffi/testing";
import { type IfIndex, STRAIT_DEVICE } from "@strait/model";
import { Netlink } from "@strait/netlink";
import { Log } from "@strait/obs";
import { ensureStraitDevice } from "../devices.ts";
import { DEFAULT_OBJECT } from "../open.ts";
import { Pins } from "../pins.ts";
import { ensurePrograms, type Loaded, releasePrograms } from "../programs.ts";

/** A node in the test's own namespace: our device, programs and maps, pins on a bpffs of their own. */
export interface Ground extends Disposable {
  readonly netlink: Netlink;
  readonly pinDir: string;
  readonly pins: Pins;
  readonly loaded: Loaded;
}

/** Lays the ground; what a test made on it is its own to remove. */
export function ownGround(): Ground {
  const bpffs = ownBpffs();
  const netlink = new Netlink();
  const pinDir = `${bpffs.path}/strait`;
  const pins = new Pins(pinDir);
  pins.make();
  const { link } = ensureStraitDevice(netlink);
  const loaded = ensurePrograms(pins, { objectPath: DEFAULT_OBJECT, config: { can_pop_mixed: true }, device: link.ifindex });
  return {
    netlink,
    pinDir,
    pins,
    loaded,
    [Symbol.dispose]() {
      releasePrograms(loaded);
      netlink.deleteLink(STRAIT_DEVICE);
      netlink.close();
      bpffs[Symbol.dispose]();
    },
  };
}

/** A log that nobody reads. */
export const silent: Log = new Log({ write: () => {} });

/** An interface of a test's own. */
export interface OwnLink {
  readonly ifindex: IfIndex;
  readonly name: string;
  /** The other end, in the same namespace. */
  readonly peer: string;
}

let made = 0;

/** A veth pair that is up. It goes with the namespace. */
export function ownLink(netlink: Netlink): OwnLink {
  const name = `st${made++}`;
  const peer = `${name}p`;
  const { ifindex } = netlink.addLink({ kind: "veth", name, up: true, peer: { name: peer, up: true } });
  return { ifindex, name, peer };
}

/** Keeps the kernel from saying anything of its own (IPv6 neighbour and listener discovery), so that packets can be counted to the one. */
export function silence(...names: readonly string[]): void {
  for (const name of names) writeFileSync(`/proc/sys/net/ipv6/conf/${name}/disable_ipv6`, "1");
}

/** Somebody else's programs: they count UDP packets to port 9 and let everything pass. */
export function foreignObject(): BpfObject & { readonly first: BpfProgram } {
  const object = BpfObject.open(compileBpf("attached"));
  object.load();
  return Object.assign(object, { first: object.program("first") });
}

/** Adds a filter of somebody else's. */
export function addForeignFilter(name: string, direction: "ingress" | "egress"): void {
  sh(..."tc filter add dev".split(" "), name, direction, ..."protocol ip pref 7 u32 match u32 0 0".split(" "));
}

/** One UDP packet to port 9 out of an interface, to a neighbour that need not answer. */
export function sendPortNine(name: string): void {
  sh("ip", "address", "replace", "198.51.100.1/24", "dev", name);
  sh("ip", "neighbour", "replace", "198.51.100.2", "lladdr", "02:00:00:00:00:02", "dev", name);
  sh("bash", "-c", "echo -n x > /dev/udp/198.51.100.2/9");
  sh("ip", "address", "flush", "dev", name);
}
