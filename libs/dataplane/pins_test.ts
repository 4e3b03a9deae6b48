// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ifIndex } from "@strait/model";
import { type LinkPin, Pins, removePins } from "./pins.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "st-pins-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("pins lie below the version of the map layouts", () => {
  const pins = new Pins("/bpf/strait");
  expect(pins.map("strait_hops")).toBe("/bpf/strait/v1/strait_hops");
  expect(pins.programs("abc-7")).toBe("/bpf/strait/v1/programs/abc-7");
  expect(pins.link({ place: "pod", ifindex: ifIndex(12), direction: "ingress" })).toBe("/bpf/strait/v1/links/pod-12-ingress");
});

test("listLinks reads back what link names, and nothing else", () => {
  const pins = new Pins(dir);
  expect(pins.listLinks()).toEqual([]);
  pins.make();
  const made: LinkPin[] = [
    { place: "device", ifindex: ifIndex(3), direction: "egress" },
    { place: "pod", ifindex: ifIndex(12), direction: "ingress" },
    { place: "uplink", ifindex: ifIndex(2), direction: "ingress" },
  ];
  for (const pin of made) writeFileSync(pins.link(pin), "");
  for (const other of [
    "pod-0-ingress",
    "pod-x-ingress",
    "pod-12-sideways",
    "lane-1-ingress",
    "pod-99999999999-egress",
    "pod-12",
  ]) {
    writeFileSync(join(pins.dir, "links", other), "");
  }
  expect(pins.listLinks().sort((a, b) => a.place.localeCompare(b.place))).toEqual(made);
});

test("listPrograms is what is pinned; removePins takes one with all that is in it and does not mind that it is gone", () => {
  const pins = new Pins(dir);
  expect(pins.listPrograms()).toEqual([]);
  pins.make();
  for (const name of ["a-1", "b-1"]) mkdirSync(pins.programs(name));
  writeFileSync(join(pins.programs("a-1"), "strait_from_pod"), "");
  expect(pins.listPrograms().sort()).toEqual(["a-1", "b-1"]);
  removePins(pins.programs("a-1"));
  removePins(pins.programs("a-1"));
  expect(pins.listPrograms()).toEqual(["b-1"]);
  expect(existsSync(pins.turnstile)).toBe(true);
});
