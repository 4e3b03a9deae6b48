// SPDX-License-Identifier: Apache-2.0
/**
 * Compiles what is not TypeScript: `bpf/*.c` → `build/bpf/*.o`, `bpf/unit/*.c` → `build/bpf/unit/*.o`,
 * `native/*.c` → `build/native/libstraitshim.so`,
 * and the `strait` command → `build/strait`. An output newer than its inputs is left alone, so the command is cheap to repeat.
 *
 * @example
 * ```sh
 * bun run tools/build.ts
 * ```
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { newestClang, run } from "./compilers.ts";
import { newestChange } from "./newest_change.ts";

/** The strict set: what Cilium compiles with, and -Wextra. Packed headers are read field by field, so their addresses are not taken blindly. */
const warnings = [
  "-Wall -Wextra -Werror -Wshadow -Wimplicit-fallthrough -Wenum-conversion -Wstrict-prototypes -Wundef -Wvla",
  "-Wimplicit-int-conversion -Wno-address-of-packed-member -Wno-unknown-warning-option",
].flatMap((line) => line.split(" "));

interface Step {
  output: string;
  /** Globs whose newest change decides whether the output is stale. */
  inputs: string[];
  command(output: string): Promise<string[]>;
}

async function bpfStep(source: string): Promise<Step> {
  return {
    output: join("build", source.replace(/\.c$/, ".o")),
    inputs: [source, "bpf/**/*.h", "tools/build.ts"],
    async command(output) {
      const multiarch = (await run(["gcc", "-print-multiarch"])).trim();
      const system = multiarch === "" ? [] : ["-isystem", `/usr/include/${multiarch}`];
      return [
        await newestClang(),
        ..."-g -O2 -target bpf -mcpu=v3".split(" "),
        ...warnings,
        "-Ibpf",
        ...system,
        "-c",
        source,
        "-o",
        output,
      ];
    },
  };
}

function shimStep(sources: string[]): Step {
  return {
    output: "build/native/libstraitshim.so",
    inputs: ["native/*.c", "native/*.h", "tools/build.ts"],
    async command(output) {
      const flags =
        "-std=gnu11 -O2 -g -Wall -Wextra -Werror -Wshadow -Wimplicit-fallthrough -shared -fPIC -fvisibility=default".split(" ");
      return ["gcc", ...flags, ...sources, "-o", output, "-lbpf", "-lelf", "-lz"];
    },
  };
}

/** Writes beside the output and renames, so that whoever reads or builds at the same time sees a whole file. */
async function make(step: Step): Promise<boolean> {
  const made = await newestChange([step.output]);
  if (made > (await newestChange(step.inputs))) return false;
  await mkdir(dirname(step.output), { recursive: true });
  const fresh = `${step.output}.${process.pid}`;
  try {
    await run(await step.command(fresh));
    await rename(fresh, step.output);
  } finally {
    await rm(fresh, { force: true });
  }
  console.error(`build: ${step.output}`);
  return true;
}

/** The one binary: every app and the command, with Bun inside. What it loads lies beside it in build/. */
function binaryStep(): Step {
  return {
    output: "build/strait",
    inputs: ["apps/**/*.ts", "libs/**/*.ts", "apps/*/package.json", "bun.lock", "tools/build.ts"],
    command: async (output) => [process.execPath, "build", "--compile", "apps/cli/main.ts", "--outfile", output],
  };
}

const sources = async (pattern: string) => (await Array.fromAsync(new Bun.Glob(pattern).scan("."))).sort();

const steps = await Promise.all([...(await sources("bpf/*.c")), ...(await sources("bpf/unit/*.c"))].map(bpfStep));
const native = await sources("native/*.c");
if (native.length > 0) steps.push(shimStep(native));

steps.push(binaryStep());

const results = await Promise.allSettled(steps.map(make));
const failures = results.filter((result) => result.status === "rejected");
for (const failure of failures) console.error(String(failure.reason instanceof Error ? failure.reason.message : failure.reason));
process.exitCode = failures.length === 0 ? 0 : 1;
