// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { type ClusterFile, cidr, clusterId, nodeName } from "@strait/model";
import type { LocalSettings } from "@strait/plan";
import { KeptFile } from "./kept_file.ts";

const settings: LocalSettings = { spread: true, pinDir: "/sys/fs/bpf/strait", log: "info" };
const made: ClusterFile = {
  ...settings,
  cluster: clusterId("east"),
  node: nodeName("w1"),
  subnets: [cidr("10.1.0.0/16")],
  nodes: [],
  clusters: [],
};
const fine = { refused: [], away: [] };

test("a kept file is that of the process before, with the settings of this one, until another can be made", () => {
  const kept = new KeptFile({ ...made, cniCacheDir: "/var/lib/other" }, { ...settings, log: "debug" });
  expect(kept.file).toEqual({ ...made, log: "debug" });
  expect(kept.take({ plan: undefined, ...fine })).toBe(true);
  expect([kept.file?.log, kept.reasons]).toEqual(["debug", []]);
  expect(kept.take({ plan: { file: made, problems: [] }, ...fine })).toBe(true);
  expect(kept.file).toBe(made);
});

test("a kept file says that nothing was read yet, and what is wrong as soon as something is", () => {
  const kept = new KeptFile(undefined, settings);
  expect(kept.take({ plan: undefined, ...fine })).toBe(false);
  expect(kept.reasons).toEqual(["nothing was read from the API server yet"]);
  expect(kept.take({ plan: undefined, refused: [], away: ["no leader"] })).toBe(true);
  expect([kept.file, kept.reasons]).toEqual([undefined, ["no leader"]]);
});

test("a kept file is no news where its parts are the same objects, and stays where none can be made", () => {
  const kept = new KeptFile(undefined, settings);
  kept.take({ plan: { file: made, problems: [] }, ...fine });
  expect(kept.take({ plan: { file: { ...made }, problems: [] }, ...fine })).toBe(false);
  expect(kept.file).toBe(made);
  const refused = [{ object: "Endpoint west", reason: "it has no subnets" }];
  const problems = [{ object: "node w1", reason: "it has no address" }];
  expect(kept.take({ plan: { file: undefined, problems }, refused, away: [] })).toBe(true);
  expect(kept.file).toBe(made);
  expect(kept.problems).toEqual([...problems, ...refused]);
  expect(kept.reasons).toEqual(["node w1: it has no address", "Endpoint west: it has no subnets"]);
  expect(kept.take({ plan: { file: { ...made, nodes: [] }, problems: [] }, ...fine })).toBe(true);
  expect(kept.file).not.toBe(made);
});
