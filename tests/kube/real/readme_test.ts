// SPDX-License-Identifier: Apache-2.0
/** The README's quick start for a real cluster, typed line by line as it is printed there. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync, symlinkSync } from "node:fs";
import { createLab, kubeObstacle, type Lab, output } from "@strait/lab";
import { describeIf } from "@strait/testkit";

const ROOT = new URL("../../../", import.meta.url).pathname;
const SECTION = "## On Kubernetes";

/** The lines of the first shell block below the heading. */
function quickStart(): readonly string[] {
  const readme = readFileSync(`${ROOT}README.md`, "utf8");
  const section = readme.slice(readme.indexOf(SECTION));
  const block = /```sh\n([\s\S]*?)```/.exec(section.slice(0, section.indexOf("\n## ", 1)))?.[1] ?? "";
  return block.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
}

/** Commands in the section's prose: `strait uninstall --context west`. */
function uninstallLine(): string {
  const readme = readFileSync(`${ROOT}README.md`, "utf8");
  return /`(strait uninstall [^`]*)`/.exec(readme.slice(readme.indexOf(SECTION)))?.[1] ?? "";
}

describeIf(await kubeObstacle())("the README's quick start for a real cluster", () => {
  let lab: Lab;

  beforeAll(async () => {
    const nodes = [{ name: "gw1", gateway: true }, { name: "w1" }];
    const clusters = ["east", "west"].map((id) => ({ id, kubernetes: true, nodes }));
    lab = await createLab({ broker: true, kubernetes: "real", nodes: "real", clusters });
    await lab.broker();
    symlinkSync(`${ROOT}build`, `${lab.workstation.home}/build`);
  }, 180_000);
  afterAll(() => lab?.[Symbol.asyncDispose]());

  /** On the machine that builds, on every node, or where the user sits. */
  async function type(line: string): Promise<void> {
    if (line.startsWith("./justw ")) {
      const { code, stdout, stderr } = await output(["sh", "-c", line], { cwd: ROOT, env: { STRAIT_NO_APT: "1" } });
      expect([line, code, code === 0 ? "" : stdout + stderr]).toEqual([line, 0, ""]);
    } else if (line.startsWith("ctr ")) {
      for (const node of lab.nodes) {
        const { pid } = lab.kube(node.cluster).realNode(node);
        const inside = ["nsenter", `--target=${pid}`, "--mount", "--pid", "--", "sh", "-c", `cd ${ROOT} && ${line}`];
        const { code, stderr } = await output(inside);
        expect([line, node.label, code, code === 0 ? "" : stderr]).toEqual([line, node.label, 0, ""]);
      }
    } else {
      const { code, stdout, stderr } = await lab.workstation.exec(["sh", "-c", line]);
      expect([line, code, code === 0 ? "" : stdout + stderr]).toEqual([line, 0, ""]);
    }
  }

  test("has the lines that it should", () => {
    expect(quickStart().filter((line) => !/^(\.\/justw (build|image)|ctr |build\/strait )/.test(line))).toEqual([]);
    expect(quickStart().map((line) => line.split(" ")[1])).toEqual(expect.arrayContaining(["deploy-broker", "join", "verify"]));
  });

  test.each(quickStart())("%s", type, 240_000);

  test("takes a cluster out again", async () => {
    const line = `build/${uninstallLine()}`;
    expect(line).toBe("build/strait uninstall --context west");
    // The README's reader is asked, and this one cannot answer.
    await type(`${line} --yes`);
    const { stdout } = await lab.workstation.exec(["build/strait", "show", "connections", "--context", "west"]);
    expect(stdout).not.toContain("connected");
  }, 120_000);
});
