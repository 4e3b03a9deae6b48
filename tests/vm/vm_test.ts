// SPDX-License-Identifier: Apache-2.0
/**
 * The suites again, on Debian's 6.1 kernel: the oldest one that is proven, without TCX.
 *
 * The guest runs while this file loads, so that every test inside it can be a test here, with its own name and outcome.
 */
import { describe, expect, test } from "bun:test";
import { release } from "node:os";
import { testIf } from "@strait/testkit";
import { runVmLane } from "./lane.ts";
import { compareMeasurement, kernelLine, readTable } from "./verifier_table.ts";

const lane = await runVmLane({ say: (line) => console.error(`vm: ${line}`) });

function settledValue<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}

if (lane.ok) {
  const { boot, attach, guestPrograms, hostPrograms, files } = lane.value;
  const table = await readTable();

  describe("the Debian 6.1 kernel", () => {
    test("boots, and Bun answers", () => {
      expect(settledValue(boot)).toEqual({ release: expect.stringMatching(/^6\.1\./), answer: "42" });
    });

    test("takes a BPF program by clsact, as TCX is not there, and gives it back", () => {
      expect(settledValue(attach)).toEqual({
        tcx: false,
        attached: [{ kind: "clsact", name: expect.stringMatching(/^strait_from_/) }],
        listing: expect.stringContaining("direct-action"),
        afterDetach: 0,
        openHandles: 0,
      });
    });
  });

  describe("the verifier's work", () => {
    // Where a change is worth its price: bun run tests/vm/record_verifier.ts
    test("on 6.1 is what the table says, for every program", () => {
      expect(compareMeasurement(table, settledValue(guestPrograms))).toEqual([]);
    });

    const line = kernelLine(release());
    const unknown = line in table ? undefined : `verifier.json has no row for this host's ${line}`;
    testIf(unknown)("on the kernel of the host is what the table says, for every program", () => {
      expect(compareMeasurement(table, settledValue(hostPrograms))).toEqual([]);
    });
  });

  for (const { file, tests } of files) {
    describe(`${file} on 6.1`, () => {
      for (const { name, outcome, detail } of tests) {
        if (outcome === "skipped") test.skip(name, () => undefined);
        else {
          test(name, () => {
            if (outcome === "failed") throw new Error(detail);
          });
        }
      }
    });
  }
} else
  testIf(process.env["CI"] === "true" ? undefined : lane.reason)("the VM lane can run", () => expect.unreachable(lane.reason));
