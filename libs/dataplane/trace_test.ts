// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { encodeU32 } from "@strait/codec";
import { openHandles } from "@strait/ffi";
import { inOwnNamespace } from "@strait/netlink/testing";
import { SetupError } from "./setup_error.ts";
import { type Ground, ownGround } from "./testing/ground.ts";
import { traceVerdicts } from "./trace.ts";

inOwnNamespace(import.meta.path, () => {
  let ground: Ground;
  beforeAll(() => {
    ground = ownGround();
  });
  afterAll(() => ground[Symbol.dispose]());

  const isOn = () => ground.loaded.maps.get("strait_control")?.lookup(encodeU32(0))?.[0] === 1;
  const arp = new Uint8Array(60);
  arp.set([0x08, 0x06], 12);
  const run = (ifindex: number) => ground.loaded.programs.get("strait_from_pod")?.testRun({ data: arp, context: { ifindex } });

  test("the trace tells a verdict with its interface, is off before and after, and gives back what it opened", async () => {
    const handles = openHandles();
    const ended = new AbortController();
    run(1);
    expect(isOn()).toBe(false);
    const verdicts = traceVerdicts(ground, ended.signal);
    const first = verdicts.next();
    expect(isOn()).toBe(true);
    run(1);
    const { value } = await first;
    expect(value).toMatchObject({ hook: "pod", reason: "pass_not_ip", interface: "lo", length: 60 });
    const last = verdicts.next();
    ended.abort();
    expect((await last).done).toBe(true);
    expect(isOn()).toBe(false);
    expect(openHandles()).toBe(handles);
  });

  test("the trace is switched off by whoever stops reading, too", async () => {
    const verdicts = traceVerdicts(ground, new AbortController().signal);
    const first = verdicts.next();
    run(1);
    expect((await first).done).toBe(false);
    await verdicts.return(undefined);
    expect(isOn()).toBe(false);
  });

  test("the trace has one reader: a second one is refused and the first goes on", async () => {
    const ended = new AbortController();
    const first = traceVerdicts(ground, ended.signal);
    const next = first.next();
    await expect(traceVerdicts(ground, ended.signal).next()).rejects.toThrow("another trace runs on this node");
    expect(isOn()).toBe(true);
    ended.abort();
    expect((await next).done).toBe(true);
  });

  test("the trace of a node without us is refused with what to do", async () => {
    const verdicts = traceVerdicts({ pinDir: `${ground.pinDir}/other` }, new AbortController().signal);
    const asked = verdicts.next();
    await expect(asked).rejects.toThrow(SetupError);
    await expect(asked).rejects.toThrow("start the route agent first");
  });
});
