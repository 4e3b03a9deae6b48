// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { openHandles } from "@strait/ffi";
import { unfit } from "@strait/ffi/testing";
import { address } from "@strait/model";
import { describeIf } from "@strait/testkit";
import { openPinger } from "./pinger.ts";

/** A pinger and what it was answered. */
function recording() {
  const keys: number[] = [];
  let wake = () => {};
  const pinger = openPinger((key) => {
    keys.push(key);
    wake();
  });
  const until = async (key: number): Promise<void> => {
    while (!keys.includes(key)) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { pinger, keys, until };
}

describeIf(unfit)("openPinger", () => {
  test("tells the key of every answered request of both families", async () => {
    const { pinger, until } = recording();
    expect(await pinger.ping({ to: address("127.0.0.1"), from: address("127.0.0.7"), key: 0xffff_ffff })).toEqual({
      ok: true,
      value: true,
    });
    expect((await pinger.ping({ to: address("::1"), key: 2 })).ok).toBe(true);
    await until(0xffff_ffff);
    await until(2);
    pinger.close();
  });

  test("does not take another pinger's answers for its own", async () => {
    const [one, two] = [recording(), recording()];
    await two.pinger.ping({ to: address("127.0.0.1"), key: 1 });
    await one.pinger.ping({ to: address("127.0.0.1"), key: 5 });
    await one.until(5);
    expect(one.keys).toEqual([5]);
    await two.pinger.ping({ to: address("127.0.0.1"), key: 6 });
    await two.until(6);
    expect(two.keys).toEqual([1, 6]);
    one.pinger.close();
    two.pinger.close();
  });

  test("says why a request cannot be sent, goes on, and leaks nothing", async () => {
    const before = openHandles();
    const { pinger, until } = recording();
    expect(await pinger.ping({ to: address("127.0.0.1"), from: address("198.51.100.1"), key: 1 })).toEqual({
      ok: false,
      reason: expect.stringMatching(/^cannot ping 127\.0\.0\.1 from 198\.51\.100\.1: E[A-Z]+$/),
    });
    await pinger.ping({ to: address("127.0.0.1"), key: 2 });
    await until(2);
    pinger.close();
    expect((await pinger.ping({ to: address("127.0.0.1"), key: 3 })).ok).toBe(false);
    await Promise.resolve();
    expect(openHandles()).toBe(before);
  });
});
