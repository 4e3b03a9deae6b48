// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { checks, keepsSource } from "./checks.ts";

test("checks hold the placements of the data-path suite, each once", () => {
  const places = checks.map(({ connector, listener, target, hostNetwork, reversed }) =>
    [connector, listener, target, hostNetwork, reversed].join(" "),
  );
  expect(new Set(places).size).toBe(places.length);
  expect(checks.filter((check) => check.target === "pod" && !check.hostNetwork && !check.reversed)).toHaveLength(4);
  expect(checks.filter((check) => check.target === "service")).toHaveLength(4);
  expect(checks.filter((check) => check.hostNetwork)).toHaveLength(2);
  expect(checks.filter((check) => check.reversed)).toHaveLength(1);
});

test("checks of the short subset are two of pods and two of Services", () => {
  expect(checks.filter((check) => check.basic).map((check) => check.target)).toEqual(["pod", "pod", "service", "service"]);
});

test("keepsSource holds between pods and not behind a Service nor from the host network", () => {
  expect(checks.filter(keepsSource).every((check) => check.target === "pod" && !check.hostNetwork)).toBe(true);
  expect(checks.filter(keepsSource)).toHaveLength(5);
});
