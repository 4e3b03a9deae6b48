// SPDX-License-Identifier: Apache-2.0
// A process that does what the apps do with each of their capabilities, without asking first whether it may, and prints what the
// kernel answers: {"programs":"ok","links":"EPERM",...}. What it makes goes with its network namespace.
import { attachTc, BpfObject, IcmpSocket, KernelError, queryTc } from "@strait/ffi";
import { Netlink } from "@strait/netlink";

const OBJECT = new URL("../../../build/bpf/encap.o", import.meta.url).pathname;
const SCHED_CLS = new URL("../../../build/bpf/unit/bystander.o", import.meta.url).pathname;

async function tried(act: () => unknown): Promise<string> {
  try {
    return (await act()) === "" ? "hidden" : "ok";
  } catch (error) {
    if (error instanceof KernelError) return error.errnoName;
    // Netlink's refusals have the errno's name in them.
    const name = error instanceof Error ? /\bE[A-Z]{3,}\b/.exec(error.message)?.[0] : undefined;
    if (name !== undefined) return name;
    throw error;
  }
}

const told = {
  programs: await tried(() => {
    using object = BpfObject.open(OBJECT, { config: { can_pop_mixed: true, strait0_ifindex: 1 } });
    object.load();
  }),
  links: await tried(() => {
    using netlink = new Netlink();
    netlink.addLink({ kind: "bridge", name: "try0" });
  }),
  probes: await tried(async () => {
    const socket = await IcmpSocket.open(4, { data: () => {}, lost: () => {} });
    socket.close();
  }),
  names: await tried(nameOfClsactProgram),
};
console.log(JSON.stringify(told));

/** What the kernel says a program behind a clsact filter is called; empty where it does not tell. */
function nameOfClsactProgram(): string | undefined {
  using netlink = new Netlink();
  const ifindex = netlink.linkByName("lo")?.ifindex ?? 0;
  using object = BpfObject.open(SCHED_CLS);
  object.load();
  const [program = ""] = object.programNames;
  using _attached = attachTc({ program: object.program(program), ifindex, direction: "ingress", kind: "clsact" });
  return queryTc(ifindex, "ingress")[0]?.name;
}
