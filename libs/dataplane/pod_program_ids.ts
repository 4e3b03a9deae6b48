// SPDX-License-Identifier: Apache-2.0
import { existsSync } from "node:fs";
import { join } from "node:path";
import { BpfProgram } from "@strait/ffi";
import { listLayouts, Pins } from "./pins.ts";
import type { ProgramName } from "./programs.ts";

const POD_PROGRAM: ProgramName = "strait_from_pod";

/**
 * The kernel's ids of our programs at pods' interfaces, of every version that has pinned some below a directory: by them ours are known
 * where the kernel tells no names. Programs stay pinned until others have taken their places (`dropPrograms`).
 *
 * @example
 * podProgramIds("/sys/fs/bpf/strait").has(queryTc(ifindex, "ingress")[0]?.id ?? 0)
 */
export function podProgramIds(pinDir: string): ReadonlySet<number> {
  const ids = new Set<number>();
  for (const layout of listLayouts(pinDir)) {
    const pins = new Pins(pinDir, layout);
    for (const name of pins.listPrograms()) {
      const path = join(pins.programs(name), POD_PROGRAM);
      if (!existsSync(path)) continue;
      using program = BpfProgram.openPinned(path);
      ids.add(program.id);
    }
  }
  return ids;
}
