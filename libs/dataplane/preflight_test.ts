// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { checkNode, realSurroundings, type Surroundings } from "./preflight.ts";
import { SetupError } from "./setup_error.ts";

const WHERE = { pinDir: "/sys/fs/bpf/strait", objectPath: "/opt/encap.o" };
const ALL = (1n << 41n) - 1n;
const GOOD: Surroundings = { uid: 0, capabilities: ALL, exists: () => true, isBpffs: () => true, tcx: () => false };
/** Capability numbers: NET_ADMIN 12, NET_RAW 13, SYS_ADMIN 21, PERFMON 38, BPF 39. */
const without = (...bits: bigint[]) => bits.reduce((all, bit) => all & ~(1n << bit), ALL);

test("checkNode takes a node that has everything", () => {
  expect(() => checkNode(WHERE, GOOD)).not.toThrow();
});

test.each([
  ["not root", { uid: 1000 }, "user 1000 is not: start it so"],
  ["without CAP_NET_ADMIN", { capabilities: without(12n) }, "lacks CAP_NET_ADMIN: the dataplane needs"],
  ["without CAP_SYS_ADMIN where there is no TCX", { capabilities: without(21n) }, "lacks CAP_SYS_ADMIN: the dataplane needs"],
  ["without CAP_BPF", { capabilities: without(21n, 39n), tcx: () => true }, "lacks CAP_BPF: the dataplane needs"],
  ["without CAP_PERFMON", { capabilities: without(21n, 38n), tcx: () => true }, "lacks CAP_PERFMON: the dataplane needs"],
  ["without any capability", { capabilities: 0n }, "lacks CAP_NET_ADMIN and CAP_BPF and CAP_PERFMON: the"],
  ["without BTF", { exists: (path: string) => !path.includes("btf") }, "use a kernel built with CONFIG_DEBUG_INFO_BTF"],
  ["without the programs", { exists: (path: string) => path !== WHERE.objectPath }, "run ./justw build"],
  ["without a bpffs", { isBpffs: () => false }, "mount -t bpf bpf /sys/fs/bpf"],
])("checkNode refuses a node that is %s, and says what to change", (_what, change: Partial<Surroundings>, sentence) => {
  const check = () => checkNode(WHERE, { ...GOOD, ...change });
  expect(check).toThrow(SetupError);
  expect(check).toThrow(sentence);
});

test.each([
  ["without CAP_SYS_ADMIN where there is TCX", { capabilities: without(21n), tcx: () => true }],
  ["without CAP_BPF and CAP_PERFMON where CAP_SYS_ADMIN stands for them", { capabilities: without(38n, 39n) }],
])("checkNode takes a node %s", (_what, change: Partial<Surroundings>) => {
  expect(() => checkNode(WHERE, { ...GOOD, ...change })).not.toThrow();
});

test("realSurroundings reads this process's own user and capabilities", () => {
  const { uid, capabilities } = realSurroundings();
  expect(uid).toBe(process.geteuid?.() ?? -1);
  if (uid === 0) expect(capabilities).toBeGreaterThan(0n);
});

test("checkNode asks for CAP_NET_RAW where cables are probed, and only there", () => {
  const around = { ...GOOD, capabilities: without(13n) };
  expect(() => checkNode(WHERE, around)).not.toThrow();
  expect(() => checkNode({ ...WHERE, probes: true }, around)).toThrow("lacks CAP_NET_RAW: the dataplane needs");
  expect(() => checkNode({ ...WHERE, probes: true }, GOOD)).not.toThrow();
});
