// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { join } from "node:path";
import { findLeftovers, labObstacle, nothingLeft, output } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { slow } from "../support/slow.ts";

const ROOT = join(import.meta.dir, "..", "..");

interface Verdict {
  readonly ok: boolean;
  readonly pairs: readonly Record<string, unknown>[];
}

// The demo's own time limits are for a user's machine, not for an emulated one.
describeIf(labObstacle() ?? (slow ? "the demo's time limits are not for emulation" : undefined))("the standalone demo", () => {
  test("joins two clusters by Strait: every pair passes, the last line says so, and nothing is left", async () => {
    const { code, stdout, stderr } = await output([process.execPath, "run", "libs/lab/demo/main.ts", "--standalone", "--json"], {
      cwd: ROOT,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const verdict = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Verdict;
    expect(verdict.pairs.filter(({ ping, tcp, udp, sourcePreserved }) => !(ping && tcp && udp && sourcePreserved))).toEqual([]);
    expect(verdict.pairs).toHaveLength(3 * 3 * 2 * 2);
    expect(verdict.ok).toBe(true);
    const id = /lab (\w+) is up/.exec(stdout)?.[1] ?? "";
    expect(nothingLeft(findLeftovers(id))).toBe(true);
  }, 60_000);
});
