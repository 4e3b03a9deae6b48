// SPDX-License-Identifier: Apache-2.0
/**
 * Holds bpf/unit/bystander.c at interfaces, in the network namespace it is started in: `bun run bystander_program.ts PIN INTERFACE…`,
 * `PIN` being a path on a bpffs. At each interface once by a TCX link and once by a clsact filter, on ingress. Prints what both
 * counted, as JSON, once it stands and then for every line it reads; ends with its stdin.
 *
 * @module
 */
import { join } from "node:path";
import { attachTc, BpfObject } from "@strait/ffi";
import { output } from "@strait/lab";
import { Netlink } from "@strait/netlink";

const OBJECT = join(import.meta.dir, "..", "..", "..", "..", "build", "bpf", "unit", "bystander.o");

const [pin = "", ...interfaces] = process.argv.slice(2);
const object = BpfObject.open(OBJECT);
object.load();
object.program("bystander_clsact").pin(pin);
const netlink = new Netlink();
const links = netlink.links();
const program = object.program("bystander_tcx");
const held = interfaces.map((name) => {
  const ifindex = links.find((link) => link.name === name)?.ifindex;
  if (ifindex === undefined) throw new RangeError(`there is no ${name}`);
  return attachTc({ program, ifindex, direction: "ingress", kind: "tcx" });
});
for (const name of interfaces) {
  await output(["tc", "qdisc", "add", "dev", name, "clsact"]); // there already where somebody else uses it
  const filter = ["protocol", "all", "prio", "7", "handle", "7", "bpf", "direct-action", "pinned", pin];
  const { code, stderr } = await output(["tc", "filter", "add", "dev", name, "ingress", ...filter]);
  if (code !== 0) throw new Error(`tc filter add on ${name}: ${stderr}`);
}
const seen = object.map("seen");
const count = (key: number): number => {
  const value = seen.lookup(new Uint8Array(Uint32Array.of(key).buffer));
  return value === undefined ? 0 : Number(new DataView(value.buffer, value.byteOffset).getBigUint64(0, true));
};
const report = (): void => console.log(JSON.stringify({ tcx: count(0), clsact: count(1), held: held.length }));
report();
for await (const _ of console) report();
