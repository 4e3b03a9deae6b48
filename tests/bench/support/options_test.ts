// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { readOptions } from "./options.ts";
import { casesOf } from "./plan.ts";

test("options are a whole run when nothing is said", () => {
  const options = readOptions([]);
  if (options === undefined) throw new Error("no options");
  expect(options).toMatchObject({ rounds: 5, seconds: 3, ways: ["plain", "kernel", "ours"], cni: "ptp", choice: {} });
  const minutes = (casesOf(options.choice).length * options.ways.length * options.rounds * options.seconds) / 60;
  expect(minutes).toBeLessThan(20);
});

test("options of a quick run can be set on their own too", () => {
  expect(readOptions(["--quick", "--json", "out.json"])).toMatchObject({ rounds: 1, seconds: 1, json: "out.json" });
  expect(readOptions(["--quick", "--rounds", "4"])).toMatchObject({ rounds: 4, seconds: 1 });
});

test("options choose a part; ways keep their order", () => {
  const args = ["--way", "ours", "--way", "plain", "--test", "rr", "--family", "6", "--wire", "mtu", "--streams", "16"];
  expect(readOptions(args)).toMatchObject({
    ways: ["plain", "ours"],
    choice: { tests: ["rr"], families: [6], wires: ["mtu"], streams: [16] },
  });
});

test("options are nothing where help is asked for", () => {
  expect(readOptions(["--quick", "--help"])).toBeUndefined();
});

test.each([
  [["--rounds", "0"], "--rounds 0: must be a whole number from 1 to 999"],
  [["--seconds", "2.5"], "--seconds 2.5: must be a whole number"],
  [["--family", "5"], "--family 5: must be one of 4, 6"],
  [["--way", "theirs"], "--way theirs: must be one of plain, kernel, ours"],
  [["--cni", "flannel"], "--cni flannel: must be one of ptp, bridge"],
  [["--fast"], "--fast"],
  [["encap"], "encap"],
])("options refuse %p", (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});
