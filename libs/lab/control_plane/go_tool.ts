// SPDX-License-Identifier: Apache-2.0
import { output } from "../command.ts";

/**
 * The `go` that builds tests/kube: the one on PATH where it is new enough, else the one that justw installed into .tools/go.
 *
 * @param wanted the language version of go.mod, "1.24.0"
 * @throws Error that says how to get one
 */
export async function goTool(root: string, wanted: string): Promise<string> {
  for (const candidate of [Bun.which("go"), Bun.which(`${root}.tools/go/go/bin/go`)]) {
    if (candidate === null) continue;
    const { stdout } = await output([candidate, "env", "GOVERSION"], { env: { GOTOOLCHAIN: "local" } });
    if (isAtLeast(stdout.trim().replace(/^go/, ""), wanted)) return candidate;
  }
  throw new Error(`building Kubernetes needs go ${wanted} or newer: ./justw test kube installs it into .tools/go`);
}

/** Compares dotted versions; what follows the numbers ("1.26rc1") does not count, and no number at all is too old. */
export function isAtLeast(version: string, wanted: string): boolean {
  const numbers = (text: string) => (/^\d+(\.\d+)*/.exec(text)?.[0] ?? "0").split(".").map(Number);
  const [have, want] = [numbers(version), numbers(wanted)];
  for (let part = 0; part < want.length; part++) {
    const difference = (have[part] ?? 0) - (want[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
