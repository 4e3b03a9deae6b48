// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from "node:fs";
import { bpffsMounted } from "@strait/ffi";
import { SetupError } from "./setup_error.ts";

const BTF = "/sys/kernel/btf/vmlinux";

/** What the kernel asks for (capabilities(7)): links, routes and attachments; loading, and opening programs by id. */
const CAPABILITIES = { CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n } as const;

/** What is looked at before anything is made; a test gives its own. */
export interface Surroundings {
  /** Effective user id; -1 where the platform has none. */
  readonly uid: number;
  /** Effective capabilities as a set of bits. */
  readonly capabilities: bigint;
  readonly exists: (path: string) => boolean;
  readonly isBpffs: (path: string) => boolean;
}

/** The node this runs on. */
export function realSurroundings(): Surroundings {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return { uid: process.geteuid?.() ?? -1, capabilities: BigInt(`0x${effective}`), exists: existsSync, isBpffs: bpffsMounted };
}

/**
 * Refuses a node that cannot carry our programs, before anything on it is changed.
 *
 * @throws SetupError with one sentence that says what to change.
 * @example
 * checkNode({ pinDir: "/sys/fs/bpf/strait", objectPath: "build/bpf/encap.o" });
 */
export function checkNode(
  { pinDir, objectPath }: { readonly pinDir: string; readonly objectPath: string },
  around: Surroundings = realSurroundings(),
): void {
  const lacking = Object.entries(CAPABILITIES).filter(([, bit]) => (around.capabilities & (1n << bit)) === 0n);
  if (around.uid !== 0 || lacking.length > 0) {
    const what =
      around.uid !== 0 ? `user ${around.uid} is not root` : `this process lacks ${lacking.map(([name]) => name).join(" and ")}`;
    throw new SetupError(
      `the dataplane needs root with CAP_NET_ADMIN and CAP_SYS_ADMIN, and ${what}: start it so, in a container as a privileged one`,
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
