// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { address, ok, refuse } from "@strait/model";
import { FakeTimers } from "@strait/time/testing";
import { Prober } from "./prober.ts";

/** A prober over a network that answers those who are in `alive`, `rtt` milliseconds later. */
function network(rtt = 5) {
  const timers = new FakeTimers();
  const alive = new Set<bigint>();
  const pings: string[] = [];
  const refusals = new Map<bigint, string>();
  let [changes, closed] = [0, false];
  const prober = new Prober({
    timers,
    intervalMs: 1000,
    maxLost: 5,
    onChange: () => changes++,
    open: (answered) => ({
      async ping({ to, from, key }) {
        pings.push(`${timers.now()} ${to.value & 0xffn} from ${(from?.value ?? 0n) & 0xffn}`);
        const refusal = refusals.get(to.value);
        if (refusal !== undefined) return refuse(refusal);
        if (alive.has(to.value)) timers.after(rtt, () => answered(key));
        return ok(true);
      },
      close: () => {
        closed = true;
      },
    }),
  });
  const told = { changes: () => changes, closed: () => closed };
  return { timers, alive, pings, refusals, prober, ...told };
}

const west = address("10.2.0.1");
const south = address("10.3.0.1");
const own = address("10.1.0.9");

test("the prober calls a target connected only after an answer, and tells the change once", async () => {
  const { timers, alive, prober, changes } = network();
  alive.add(west.value);
  prober.setTargets(
    new Map([
      ["west", { to: west, from: own }],
      ["south", { to: south }],
    ]),
  );
  expect(prober.report("west")).toEqual({ status: "connecting", message: "no probe was answered yet", rtt: undefined });
  await timers.advance(4);
  expect(prober.report("west")?.status).toBe("connecting");
  await timers.advance(10_000);
  expect(prober.report("west")).toMatchObject({ status: "connected", rtt: { last: 5, min: 5, max: 5, stdDev: 0 } });
  expect(prober.report("south")?.status).toBe("error");
  expect(changes()).toBe(2);
  prober.close();
});

test("the prober uses one timer and one wake-up for all targets", async () => {
  const { timers, prober, pings } = network();
  prober.setTargets(new Map(Array.from({ length: 256 }, (_, i) => [`c${i}`, { to: address(`10.9.0.${i}`) }])));
  expect(timers.waiting).toHaveLength(1);
  await timers.advance(0);
  expect(pings).toHaveLength(256);
  expect(timers.waiting).toHaveLength(1);
  prober.close();
  expect(timers.waiting).toEqual([]);
});

test("the prober keeps what it knows of a target that stays, and starts anew where its address or source is another", async () => {
  const { timers, alive, prober } = network();
  for (const { value } of [west, south]) alive.add(value);
  const targets = new Map([["west", { to: west, from: own }]]);
  prober.setTargets(targets);
  await timers.advance(100);
  prober.setTargets(new Map([...targets, ["south", { to: south, from: own }]]));
  expect(prober.report("west")?.status).toBe("connected");
  prober.setTargets(new Map([["west", { to: south, from: own }]]));
  expect(prober.report("west")?.status).toBe("connecting");
  expect(prober.report("south")).toBeUndefined();
  prober.close();
});

test("the prober tells why nothing could be sent, and recovers by itself", async () => {
  const { timers, alive, prober, refusals } = network();
  alive.add(west.value);
  refusals.set(west.value, "cannot ping 10.2.0.1: ENETUNREACH");
  prober.setTargets(new Map([["west", { to: west }]]));
  await timers.advance(8000);
  expect(prober.report("west")).toMatchObject({
    status: "error",
    message: "no probe was answered for 8 s (cannot ping 10.2.0.1: ENETUNREACH)",
  });
  refusals.clear();
  await timers.advance(1100);
  expect(prober.report("west")?.status).toBe("connected");
  prober.close();
});

test("the prober takes no answer twice, and none to what it never sent", async () => {
  const { timers, alive, prober, closed } = network();
  alive.add(west.value);
  prober.setTargets(new Map([["west", { to: west }]]));
  prober.setTargets(new Map());
  await timers.advance(3000);
  expect(timers.waiting).toEqual([]);
  expect(prober.report("west")).toBeUndefined();
  prober.close();
  expect(closed()).toBe(true);
});
