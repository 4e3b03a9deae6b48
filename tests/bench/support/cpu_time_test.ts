// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { coresBetween, parseCpuTime, readCpuTime } from "./cpu_time.ts";

const stat = (line: string) => `cpu  ${line}\ncpu0 1 2 3 4 5 6 7 8 9 10\ncpu1 1 2 3 4 5 6 7 8 9 10\nintr 12 cpu\nctxt 5\n`;

test("parseCpuTime counts all but idle and waiting as busy, and a guest's time once", () => {
  expect(parseCpuTime(stat("10 1 20 300 40 2 3 4 9 9"))).toEqual({ busy: 40, total: 380, cores: 2 });
});

test("coresBetween is the share of the time between two readings, times the cores", () => {
  const before = parseCpuTime(stat("100 0 0 100 0 0 0 0 0 0"));
  expect(coresBetween(before, parseCpuTime(stat("200 0 0 200 0 0 0 0 0 0")))).toBe(1);
  expect(coresBetween(before, parseCpuTime(stat("150 0 0 100 0 0 50 0 0 0")))).toBe(2);
  expect(coresBetween(before, before)).toBeNaN();
});

test("readCpuTime reads this machine", () => {
  const { busy, total, cores } = readCpuTime();
  expect(cores).toBeGreaterThan(0);
  expect(total).toBeGreaterThan(busy);
});
