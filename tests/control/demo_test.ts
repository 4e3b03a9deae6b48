// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { join } from "node:path";
import { findLeftovers, labObstacle, nothingLeft, output, wantedKind } from "@strait/lab";
import { describeIf } from "@strait/testkit";

const ROOT = join(import.meta.dir, "..", "..");

interface Verdict {
  readonly ok: boolean;
  readonly controlPlane: string;
  readonly pairs: readonly Record<string, unknown>[];
  readonly services: readonly { readonly tcp: boolean; readonly udp: boolean }[];
  readonly memory: readonly { readonly app: string; readonly rssMiB: number }[];
}

describeIf(labObstacle() ?? (Bun.which("kubectl") === null ? "kubectl is not installed" : undefined))("the demo", () => {
  test("joins two clusters through a broker as a user does: pods and Services are reached, and nothing is left", async () => {
    const kind = wantedKind();
    const flags = kind === "real" ? ["--kube", "--json"] : ["--json"];
    const { code, stdout, stderr } = await output([process.execPath, "run", "libs/lab/demo/main.ts", ...flags], { cwd: ROOT });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const verdict = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Verdict;
    expect(verdict).toMatchObject({ ok: true, controlPlane: kind });
    expect(verdict.pairs.filter(({ ping, tcp, udp, sourcePreserved }) => !(ping && tcp && udp && sourcePreserved))).toEqual([]);
    expect(verdict.pairs).toHaveLength(3 * 3 * 2 * 2);
    expect(verdict.services.filter(({ tcp, udp }) => !(tcp && udp))).toEqual([]);
    expect(verdict.services).toHaveLength(3 * 2 * 2);
    const apps = verdict.memory.filter(({ app }) => app === "gateway" || app === "routeagent");
    expect(apps).toHaveLength(2 + 6);
    expect(Math.min(...apps.map(({ rssMiB }) => rssMiB))).toBeGreaterThan(0); // every one runs
    // As a user would type it.
    for (const command of ["strait deploy-broker", "strait join broker-info.subm", "kubectl --context east apply"]) {
      expect(stdout).toContain(`$ ${command}`);
    }
    const id = /lab (\w+) is up/.exec(stdout)?.[1] ?? "";
    expect(nothingLeft(findLeftovers(id))).toBe(true);
  }, 150_000);
});
