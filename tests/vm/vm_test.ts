// SPDX-License-Identifier: Apache-2.0
/**
 * The suites again, on Debian's 6.1 kernel: the oldest one that is proven, without TCX.
 *
 * The guest runs while this file loads, so that every test inside it can be a test here, with its own name and outcome.
 * `STRAIT_UPDATE=1` records the verifier's instruction counts anew instead of comparing them.
 */
import { describe, expect, test } from "bun:test";
import { release } from "node:os";
import { join } from "node:path";
import { testIf } from "@strait/testkit";
import { runVmLane } from "./lane.ts";
import { compareMeasurement, kernelLine, type Measurement, recordMeasurement, type VerifierTable } from "./verifier_table.ts";

const TABLE_FILE = join(import.meta.dir, "verifier.json");

const lane = await runVmLane({ say: (line) => console.error(`vm: ${line}`) });

function settledValue<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}

async function readTable(): Promise<VerifierTable> {
  const file = Bun.file(TABLE_FILE);
  return (await file.exists()) ? ((await file.json()) as VerifierTable) : {};
}

async function expectRecorded(measured: Measurement): Promise<void> {
  const table = await readTable();
  if (process.env["STRAIT_UPDATE"] === "1") {
    await Bun.write(TABLE_FILE, `${JSON.stringify(recordMeasurement(table, measured), null, 2)}\n`);
    return;
  }
  expect(compareMeasurement(table, measured)).toEqual([]);
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
    test("on 6.1 is what the table says, for every program", async () => {
      await expectRecorded(settledValue(guestPrograms));
    });

    const line = kernelLine(release());
    const known = line in table || process.env["STRAIT_UPDATE"] === "1";
    testIf(known ? undefined : `verifier.json has no row for this host's ${line}`)(
      "on the kernel of the host is what the table says, for every program",
      async () => expectRecorded(settledValue(hostPrograms)),
    );
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
