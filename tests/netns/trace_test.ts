// SPDX-License-Identifier: Apache-2.0
/** What users see of a packet's way: `--trace` of an app. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { encodeU32 } from "@strait/codec";
import { BpfMap } from "@strait/ffi";
import { type App, appArgv, createLab, labObstacle, type Node } from "@strait/lab";
import { describeIf } from "@strait/testkit";
import { patience } from "../support/slow.ts";
import { until } from "./support/until.ts";

describeIf(labObstacle())("routeagent --trace", () => {
  const make = () =>
    createLab({
      clusters: ["east", "west"].map((id) => ({
        id,
        nodes: [
          { name: "gw1", gateway: true },
          { name: "w1", pods: 1 },
        ],
      })),
    });
  let lab: Awaited<ReturnType<typeof make>>;
  let worker: Node;
  let agent: App;

  beforeAll(async () => {
    lab = await make();
    await lab.startStrait({ timeout: patience(30_000) });
    worker = lab.node("east/w1");
    agent = lab.app("routeagent", worker);
  }, patience(60_000));
  afterAll(() => lab[Symbol.asyncDispose]());

  const isOn = () => {
    using control = BpfMap.openPinned(`${worker.bpffs}/strait/v1/strait_control`);
    return control.lookup(encodeU32(0))?.[0] === 1;
  };
  const start = () =>
    Bun.spawn(worker.ns.argv(appArgv("routeagent", agent.config, "--trace")), { stdout: "pipe", stderr: "pipe" });

  test(
    "prints what becomes of a ping, with names and addresses, and leaves the trace off",
    async () => {
      const [from, to] = [worker.pod(), lab.node("west/w1").pod()];
      const child = start();
      await until("the trace to be on", isOn);
      expect((await lab.ping(from, to, { family: 4, timeout: patience(1000) })).ok).toBe(true);
      expect((await lab.ping(from, to, { family: 6, timeout: patience(1000) })).ok).toBe(true);
      let text = "";
      const wanted = ([4, 6] as const).flatMap((family) => {
        const [a, b] = [from.address(family), to.address(family)];
        const icmp = family === 4 ? "icmp" : "icmpv6";
        return [` pod sent ${from.hostInterface} ${a} → ${b} ${icmp} `, ` wire delivered_pod eth0 ${b} → ${a} ${icmp} `];
      });
      const decoder = new TextDecoder();
      for await (const chunk of child.stdout) {
        text += decoder.decode(chunk, { stream: true });
        if (wanted.every((part) => text.includes(part))) break;
      }
      for (const part of wanted) expect(text).toContain(part);
      expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z (pod|host|wire|tunnel) [a-z_]+ \S+ .* \d+ bytes$/m);
      child.kill("SIGINT");
      expect(await child.exited).toBe(0);
      expect(isOn()).toBe(false);
    },
    patience(30_000),
  );

  test(
    "is one at a time",
    async () => {
      const first = start();
      await until("the trace to be on", isOn);
      const second = start();
      expect(await second.exited).toBe(1);
      expect(await new Response(second.stderr).text()).toContain("another trace runs on this node");
      expect(isOn()).toBe(true);
      first.kill("SIGTERM");
      expect(await first.exited).toBe(0);
      expect(isOn()).toBe(false);
    },
    patience(30_000),
  );
});
