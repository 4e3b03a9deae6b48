// SPDX-License-Identifier: Apache-2.0
/**
 * That each capability of the DaemonSets is one that the kernel asks for, by its own word: without it something that the apps do is
 * refused, with all of them nothing is. What the apps say of it themselves is in refusals_test.ts.
 */
import { expect, test } from "bun:test";
import { labObstacle, output } from "@strait/lab";
import { CAPABILITIES, capabilitiesFor } from "@strait/manifests";
import { describeIf } from "@strait/testkit";
import { withCapabilities } from "./support/capability_sets.ts";

const SCRIPT = new URL("support/use_capabilities.ts", import.meta.url).pathname;
const GOOD = { programs: "ok", links: "ok", probes: "ok" };

/** What the kernel refuses to a process in a network namespace of its own, with these capabilities and no others. */
async function refusals(names: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const argv = ["unshare", "--net", ...withCapabilities(names), process.execPath, "run", SCRIPT];
  const { code, stdout, stderr } = await output(argv);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

describeIf(labObstacle())("the DaemonSets' capabilities", () => {
  test("are enough", async () => {
    expect(await refusals(CAPABILITIES)).toMatchObject(GOOD);
  });

  test.each<[string, object]>([
    ["BPF", { ...GOOD, programs: "EPERM" }],
    ["NET_ADMIN", { ...GOOD, programs: "EPERM", links: "EPERM" }],
    ["PERFMON", { ...GOOD, programs: "EACCES" }],
    ["NET_RAW", { ...GOOD, probes: "EPERM" }],
  ])("do not work without %s", async (name, expected) => {
    expect(await refusals(CAPABILITIES.filter((other) => other !== name))).toMatchObject(expected);
  });

  test("have SYS_ADMIN on older kernels, which tell the names of programs behind clsact filters to nobody else", async () => {
    expect(await refusals(capabilitiesFor(true))).toEqual({ ...GOOD, names: "ok" });
    expect(await refusals(CAPABILITIES)).toEqual({ ...GOOD, names: "hidden" });
  });

  test("are each in the table above, so that a new one comes with its reason", () => {
    expect([...CAPABILITIES].sort()).toEqual(["BPF", "NET_ADMIN", "NET_RAW", "PERFMON"]);
  });
});
