// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from "node:fs";
import { bpffsMounted, tcxSupported } from "@strait/ffi";
import { SetupError } from "./setup_error.ts";

const BTF = "/sys/kernel/btf/vmlinux";

/** Bits of capabilities(7). */
const [NET_ADMIN, NET_RAW, SYS_ADMIN, PERFMON, BPF] = [12n, 13n, 21n, 38n, 39n];

/**
 * What the kernel asks for: links, routes and attachments; loading; pointers to the kernel's structures; raw sockets. SYS_ADMIN stands
 * for the second and third, and is asked for where programs are clsact filters: ours are known among others by their names, which only
 * it may read. tests/netns/capabilities_test.ts has the kernel's own word for each.
 */
function lacking({ capabilities, tcx }: Surroundings, probes: boolean): string[] {
  const has = (bit: bigint): boolean => (capabilities & (1n << bit)) !== 0n;
  const lacks = [
    ...(has(NET_RAW) || !probes ? [] : ["CAP_NET_RAW"]),
    ...(has(NET_ADMIN) ? [] : ["CAP_NET_ADMIN"]),
    ...(has(BPF) || has(SYS_ADMIN) ? [] : ["CAP_BPF"]),
    ...(has(PERFMON) || has(SYS_ADMIN) ? [] : ["CAP_PERFMON"]),
  ];
  // Which way it is is found by trying, which takes these rights.
  return lacks.length > 0 || has(SYS_ADMIN) || tcx() ? lacks : ["CAP_SYS_ADMIN"];
}

/** What is looked at before anything is made; a test gives its own. */
export interface Surroundings {
  /** Effective user id; -1 where the platform has none. */
  readonly uid: number;
  /** Effective capabilities as a set of bits. */
  readonly capabilities: bigint;
  /** Whether programs attach by links, which Linux has from 6.6 on. */
  readonly tcx: () => boolean;
  readonly exists: (path: string) => boolean;
  readonly isBpffs: (path: string) => boolean;
}

/** The node this runs on. */
export function realSurroundings(): Surroundings {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return {
    uid: process.geteuid?.() ?? -1,
    capabilities: BigInt(`0x${effective}`),
    exists: existsSync,
    isBpffs: bpffsMounted,
    tcx: tcxSupported,
  };
}

/** What is to be done on a node. */
export interface NodeNeeds {
  readonly pinDir: string;
  readonly objectPath: string;
  /** Whether cables are probed by ICMP echo requests, as in Kubernetes. */
  readonly probes?: boolean;
}

/**
 * Refuses a node that cannot carry our programs, before anything on it is changed.
 *
 * @throws SetupError with one sentence that says what to change.
 * @example
 * checkNode({ pinDir: "/sys/fs/bpf/strait", objectPath: "build/bpf/encap.o" });
 */
export function checkNode({ pinDir, objectPath, probes = false }: NodeNeeds, around: Surroundings = realSurroundings()): void {
  if (around.uid !== 0) {
    throw new SetupError(`the dataplane needs root, and user ${around.uid} is not: start it so`);
  }
  const lacks = lacking(around, probes);
  if (lacks.length > 0) {
    throw new SetupError(
      `this process lacks ${lacks.join(" and ")}: the dataplane needs CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON, its probes in Kubernetes CAP_NET_RAW, and Linux before 6.6 CAP_SYS_ADMIN; add them to the container`,
    );
  }
  if (!around.exists(BTF)) {
    throw new SetupError(`the kernel has no BTF (${BTF}): use a kernel built with CONFIG_DEBUG_INFO_BTF, 5.15 or later`);
  }
  if (!around.exists(objectPath)) {
    throw new SetupError(`the BPF programs are missing at ${objectPath}: run ./justw build, or set STRAIT_BPF_OBJECT`);
  }
  if (!around.isBpffs(pinDir)) {
    throw new SetupError(
      `${pinDir} is on no bpffs, so nothing can be pinned there: mount one with "mount -t bpf bpf /sys/fs/bpf"`,
    );
  }
}
