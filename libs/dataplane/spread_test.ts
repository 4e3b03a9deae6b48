// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pins } from "./pins.ts";
import { cpuMask, parseCpuList, spreadUplink, unspreadUplink } from "./spread.ts";

let dir: string;
let pins: Pins;
const eth0 = { name: "eth0", ifindex: 7 };

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "st-spread-"));
  pins = new Pins(join(dir, "pins"));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** A /sys with these CPUs online and eth0's queues holding these masks. */
function sys(online: string, masks: readonly string[]): string {
  const cpus = join(dir, "devices/system/cpu");
  mkdirSync(cpus, { recursive: true });
  writeFileSync(join(cpus, "online"), `${online}\n`);
  masks.forEach((mask, i) => {
    const queue = join(dir, `class/net/eth0/queues/rx-${i}`);
    mkdirSync(queue, { recursive: true });
    writeFileSync(join(queue, "rps_cpus"), `${mask}\n`);
  });
  return dir;
}
const mask = (queue: number): string => readFileSync(join(dir, `class/net/eth0/queues/rx-${queue}/rps_cpus`), "utf8").trim();

test.each([
  ["0", [0]],
  ["0-3", [0, 1, 2, 3]],
  ["0-1,8", [0, 1, 8]],
  ["", [0]],
])("parseCpuList() reads %j", (text, cpus) => {
  expect(parseCpuList(text)).toEqual(cpus);
});

test.each([
  [[0, 1], "3"],
  [[0, 33], "2,00000001"],
  [[64], "1,00000000,00000000"],
  [[], "0"],
] as const)("cpuMask() writes %j as %s", (cpus, text) => {
  expect(cpuMask(cpus)).toBe(text);
});

describe("spreadUplink()", () => {
  test("sets an untouched single queue to all CPUs, once", () => {
    const root = sys("0-3", ["0"]);
    expect(spreadUplink(pins, eth0, root)).toBe("spread");
    expect(mask(0)).toBe("f");
    expect(spreadUplink(pins, eth0, root)).toBe("kept");
  });

  test("leaves a queue that somebody has set, even to the same CPUs", () => {
    const root = sys("0-3", ["f"]);
    expect(spreadUplink(pins, eth0, root)).toEqual({ left: "its receive packet steering is set already" });
    expect(existsSync(pins.spread(eth0.ifindex))).toBe(false);
    expect(unspreadUplink(pins, eth0, root)).toBe(false);
    expect(mask(0)).toBe("f");
  });

  test("leaves an uplink with a queue for every CPU", () => {
    expect(spreadUplink(pins, eth0, sys("0-1", ["0", "0"]))).toEqual({ left: "it has a receive queue for every CPU" });
    expect(mask(0)).toBe("0");
  });

  test("leaves an uplink without queues", () => {
    expect(spreadUplink(pins, eth0, sys("0-1", []))).toEqual({ left: "it shows no receive queues" });
  });
});

describe("unspreadUplink()", () => {
  test("puts back what spreadUplink() set", () => {
    const root = sys("0-1", ["0"]);
    spreadUplink(pins, eth0, root);
    expect(unspreadUplink(pins, eth0, root)).toBe(true);
    expect(mask(0)).toBe("0");
    expect(existsSync(pins.spread(eth0.ifindex))).toBe(false);
  });

  test("leaves what somebody has changed since", () => {
    const root = sys("0-3", ["0"]);
    spreadUplink(pins, eth0, root);
    writeFileSync(join(dir, "class/net/eth0/queues/rx-0/rps_cpus"), "1\n");
    expect(unspreadUplink(pins, eth0, root)).toBe(true);
    expect(mask(0)).toBe("1");
  });
});
