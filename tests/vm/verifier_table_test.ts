// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { compareMeasurement, kernelLine, recordMeasurement } from "./verifier_table.ts";

const TABLE = { "6.1": { release: "6.1.0-1", programs: { "a.o p": 1000, "a.o q": 8 } } };

describe("the verifier table", () => {
  test("holds for another patch release and for growth within the tolerance", () => {
    expect(compareMeasurement(TABLE, { release: "6.1.0-56-cloud-amd64", programs: { "a.o p": 1250, "a.o q": 1 } })).toEqual([]);
  });

  test("does not hold where a program grew beyond the tolerance", () => {
    expect(compareMeasurement(TABLE, { release: "6.1.9", programs: { "a.o p": 1251, "a.o q": 8 } })).toEqual([
      "a.o p: 1251 instructions on 6.1, 25% more than the recorded 1000",
    ]);
  });

  test("does not hold where a program is missing on either side", () => {
    expect(compareMeasurement(TABLE, { release: "6.1.9", programs: { "a.o p": 1, "b.o r": 7 } })).toEqual([
      "b.o r: the table has no number for 6.1 (measured 7)",
      "a.o q: the table has a number for 6.1, but no such program was loaded",
    ]);
  });

  test("says so of every program where the kernel has no row", () => {
    expect(compareMeasurement(TABLE, { release: "5.15.0", programs: { "a.o p": 1 } })).toHaveLength(1);
  });

  test("takes a measurement into its row, the rows in order of version", () => {
    const table = recordMeasurement(recordMeasurement(TABLE, { release: "6.18.44", programs: {} }), {
      release: "5.15.1",
      programs: {},
    });
    expect(Object.keys(table)).toEqual(["5.15", "6.1", "6.18"]);
  });

  test("refuses what is no kernel release", () => {
    expect(() => kernelLine("Debian")).toThrow("Debian is no kernel release");
  });
});
