// SPDX-License-Identifier: Apache-2.0
/**
 * Generates libs/codec/layouts.gen.ts from the compiled BPF object.
 *
 *   bun tools/gen_layouts.ts [OBJECT]           write it (OBJECT: build/bpf/encap.o)
 *   bun tools/gen_layouts.ts --check [OBJECT]   exit code 1 where it is not current
 *
 * Needs bpftool.
 *
 * @module
 */
import { type BtfType, renderLayouts } from "./btf_layouts.ts";

const root = new URL("..", import.meta.url);
const target = Bun.file(new URL("libs/codec/layouts.gen.ts", root));
const check = process.argv.includes("--check");
const object =
  process.argv.slice(2).find((argument) => argument !== "--check") ?? Bun.fileURLToPath(new URL("build/bpf/encap.o", root));

const bpftool = Bun.which("bpftool", { PATH: `${process.env["PATH"]}:/usr/sbin` });
if (!bpftool) throw new Error("bpftool is missing: install the package bpftool");
const dump = Bun.spawnSync([bpftool, "-j", "btf", "dump", "file", object]);
if (!dump.success) throw new Error(`bpftool cannot read ${object}: ${dump.stderr.toString().trim()}`);
const { types } = JSON.parse(dump.stdout.toString()) as { types: BtfType[] };
const text = renderLayouts(types, await Bun.file(new URL("bpf/lib/shared.h", root)).text());

if (!check) await target.write(text);
else if (!(await target.exists()) || (await target.text()) !== text) {
  console.error("libs/codec/layouts.gen.ts is not current: run ./justw gen");
  process.exitCode = 1;
}
