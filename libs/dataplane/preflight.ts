// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { bpffsMounted } from "@strait/ffi";
import { SetupError } from "./setup_error.ts";

const BTF = "/sys/kernel/btf/vmlinux";

/** What is looked at before anything is made; a test gives its own. */
export interface Surroundings {
  /** Effective user id; -1 where the platform has none. */
  readonly uid: number;
  readonly exists: (path: string) => boolean;
  readonly isBpffs: (path: string) => boolean;
}

/** The node this runs on. */
export function realSurroundings(): Surroundings {
  return { uid: process.geteuid?.() ?? -1, exists: existsSync, isBpffs: bpffsMounted };
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
  if (around.uid !== 0) {
    throw new SetupError("the dataplane needs root (CAP_BPF and CAP_NET_ADMIN): start it as root");
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
