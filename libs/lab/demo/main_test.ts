// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { describeIf } from "@strait/testkit";
import { type CommandOutput, findLeftovers, labObstacle, nothingLeft, output } from "../mod.ts";

const MAIN = new URL("main.ts", import.meta.url).pathname;

/** Strait itself is the matter of the netns and control lanes: these runs join the clusters by other means. */
function demo(...flags: readonly string[]): Promise<CommandOutput> {
  return output([process.execPath, MAIN, ...flags]);
}

describeIf(labObstacle())("the demo", () => {
  test("ends with one JSON line that names every ordered pair in both families, and exits with 0", async () => {
    const { code, stdout } = await demo("--standalone", "--with", "plain", "--json");
    const { pairs, ok } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
    expect({ code, ok, pairs: pairs.length }).toEqual({ code: 0, ok: true, pairs: 3 * 3 * 2 * 2 });
    expect(pairs[0]).toEqual({
      from: "east/gw1",
      to: "west/gw1",
      family: 4,
      ping: true,
      tcp: true,
      udp: true,
      sourcePreserved: true,
    });
    expect(new Set(pairs.map((pair: object) => JSON.stringify(pair))).size).toBe(pairs.length);
  }, 30_000);

  test("prints nothing but the JSON with --quiet", async () => {
    const { stdout } = await demo("--standalone", "--with", "plain", "--json", "--quiet");
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  }, 30_000);

  test("stays up with --keep until --down, which says so when there is nothing to remove", async () => {
    const { code, stdout } = await demo("--standalone", "--with", "kernel", "--keep");
    const id = /demo --down (\w+)/.exec(stdout)?.[1] ?? "";
    expect(code).toBe(0);
    expect(findLeftovers(id).namespaces).toHaveLength(14);
    const pod = /ip netns exec (\S+) sh/.exec(stdout)?.[1] ?? "";
    const far = /ping (\S+)/.exec(stdout.slice(stdout.indexOf("Step into")))?.[1] ?? "";
    expect((await output(["ip", "netns", "exec", pod, "ping", "-c1", "-W1", far])).code).toBe(0);

    expect((await demo("--down", id)).code).toBe(0);
    expect(nothingLeft(findLeftovers(id))).toBe(true);
    expect(await demo("--down", id)).toMatchObject({ code: 1, stderr: `demo: there is no lab ${id}\n` });
  }, 30_000);

  test("leaves nothing after Ctrl-C", async () => {
    const child = Bun.spawn([process.execPath, MAIN, "--standalone", "--with", "plain"], { stdout: "pipe", stderr: "ignore" });
    let text = "";
    for await (const chunk of child.stdout) {
      text += new TextDecoder().decode(chunk);
      if (/lab \w+ is up/.test(text)) break;
    }
    child.kill("SIGINT");
    expect(await child.exited).toBe(130);
    expect(nothingLeft(findLeftovers(/lab (\w+) is up/.exec(text)?.[1] ?? ""))).toBe(true);
  }, 30_000);

  test.each(["--no-such-flag", "--standalone --with pigeons", "--with plain", "--standalone --kube", "--down ../x"])(
    "refuses %s",
    async (flags) => {
      const { code, stderr } = await demo(...flags.split(" "));
      expect(code).toBeGreaterThan(0);
      expect(stderr).toMatch(/usage: demo|there is no lab/);
    },
  );
});
