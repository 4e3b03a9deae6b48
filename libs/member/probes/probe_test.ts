// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { Probe } from "./probe.ts";

const settings = { intervalMs: 1000, maxLost: 5 };

/** Lets time pass and sends what is due; `answers` tells after how many milliseconds each is answered, undefined for a loss. */
function run(probe: Probe, from: number, to: number, answers: (at: number) => number | undefined): void {
  let key = from * 1000;
  for (let now = from; now < to; now = Math.max(now, probe.next)) {
    if (probe.next > now) continue;
    probe.sent(++key, now);
    const rtt = answers(now);
    if (rtt !== undefined) probe.answered(key, now + rtt);
  }
}

test("a probe is connecting until the first answer, and connected from it on", () => {
  const probe = new Probe(settings, 0);
  expect(probe.verdict(0)).toEqual({ status: "connecting", message: "no probe was answered yet" });
  probe.sent(1, 0);
  expect(probe.verdict(1).status).toBe("connecting");
  expect(probe.answered(1, 1.2)).toBe(1.2);
  expect(probe.verdict(2)).toEqual({ status: "connected", message: "" });
});

test("a probe takes only answers to what it sent, each once", () => {
  const probe = new Probe(settings, 0);
  probe.sent(1, 0);
  expect(probe.answered(2, 1)).toBeUndefined();
  expect(probe.answered(1, 1)).toBe(1);
  expect(probe.answered(1, 2)).toBeUndefined();
  expect(probe.rtt()).toMatchObject({ last: 1, max: 1 });
});

test("a probe stays connected over one loss and not over two in a row", () => {
  const probe = new Probe(settings, 0);
  run(probe, 0, 5000, (at) => (at === 3000 ? undefined : 10));
  expect(probe.verdict(4000).status).toBe("connected");
  const at = probe.next;
  run(probe, at, at + 3000, () => undefined);
  expect(probe.verdict(at + 1400).status).toBe("connected");
  expect(probe.verdict(at + 1600)).toEqual({ status: "connecting", message: "the last probes were not answered" });
});

test("a probe is an error after more losses in a row than allowed, and connected again with the next answer", () => {
  const probe = new Probe(settings, 0);
  run(probe, 0, 1000, () => 10);
  run(probe, probe.next, 9000, () => undefined);
  expect(probe.verdict(5900).status).toBe("connecting");
  expect(probe.verdict(6200)).toEqual({ status: "error", message: "no probe was answered for 6 s" });
  probe.sent(99_999, 9000);
  probe.answered(99_999, 9010);
  expect(probe.verdict(9010).status).toBe("connected");
});

test("a probe never answered is an error too, after the same time", () => {
  const probe = new Probe(settings, 0);
  run(probe, 0, 7000, () => undefined);
  expect(probe.verdict(5900).status).toBe("connecting");
  expect(probe.verdict(6100).status).toBe("error");
});

test("a probe that could not be sent counts as lost and says why", () => {
  const probe = new Probe(settings, 0);
  run(probe, 0, 7000, () => {
    probe.obstacle("cannot ping 10.2.0.1: ENETUNREACH");
    return undefined;
  });
  expect(probe.verdict(7000)).toEqual({
    status: "error",
    message: "no probe was answered for 7 s (cannot ping 10.2.0.1: ENETUNREACH)",
  });
});

test("a process that slept does not call a target dead that it did not ask", () => {
  const probe = new Probe(settings, 0);
  run(probe, 0, 1000, () => 10);
  expect(probe.verdict(60_000).status).toBe("connecting");
});

test("an answer that comes later than the allowed losses says nothing about now", () => {
  const probe = new Probe(settings, 0);
  probe.sent(1, 0);
  probe.sent(2, 7000);
  expect(probe.answered(1, 7001)).toBeUndefined();
  expect(probe.verdict(7001).status).toBe("connecting");
});

test("a probe is sent faster at the start and after a loss, and at its interval while it is answered or long dead", () => {
  const probe = new Probe(settings, 0);
  const times: number[] = [];
  run(probe, 0, 6000, (at) => {
    times.push(at);
    return at >= 600 && at < 2000 ? 10 : undefined;
  });
  expect(times).toEqual([0, 200, 400, 600, 1600, 2600, 3600, 3800, 4000, 4200, 4400, 5400]);
});
