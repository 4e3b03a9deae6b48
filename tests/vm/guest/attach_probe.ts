// SPDX-License-Identifier: Apache-2.0
/**
 * Attaches a program of ours to a fresh veth the way the product does and prints, as JSON, what the kernel then has there.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { attachTc, BpfObject, detachTc, openHandles, queryTc, tcxSupported } from "@strait/ffi";

/** What the probe prints. */
export interface AttachProbe {
  readonly tcx: boolean;
  readonly attached: readonly { readonly kind: string; readonly name: string }[];
  /** The kernel's own filter listing, to believe neither side of our own code. */
  readonly listing: string;
  readonly afterDetach: number;
  readonly openHandles: number;
}

const PROGRAM = "strait_from_pod";

function ip(...rest: string[]): void {
  const done = Bun.spawnSync(["ip", ...rest]);
  if (!done.success) throw new Error(`ip ${rest.join(" ")}: ${done.stderr.toString().trim()}`);
}

ip("link", "add", "stprobe0", "type", "veth", "peer", "name", "stprobe1");
const ifindex = Number(readFileSync("/sys/class/net/stprobe0/ifindex", "utf8"));
const report = ((): Omit<AttachProbe, "openHandles"> => {
  using object = BpfObject.open("build/bpf/encap.o", { programs: [PROGRAM] });
  object.load();
  using _link = attachTc({ program: object.program(PROGRAM), ifindex, direction: "ingress" });
  const attached = queryTc(ifindex, "ingress").map(({ kind, name }) => ({ kind, name }));
  const listing = Bun.spawnSync(["tc", "filter", "show", "dev", "stprobe0", "ingress"]).stdout.toString();
  detachTc({ ifindex, direction: "ingress" });
  return { tcx: tcxSupported(), attached, listing, afterDetach: queryTc(ifindex, "ingress").length };
})();
console.log(JSON.stringify({ ...report, openHandles: openHandles() } satisfies AttachProbe));
ip("link", "del", "stprobe0");
