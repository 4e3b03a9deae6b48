// SPDX-License-Identifier: Apache-2.0
/**
 * For people: measures the verifier's work on the guest's kernel and on this one, and writes it to verifier.json.
 *
 * `bun run tests/vm/record_verifier.ts`, after a program has changed and the change is worth its price; takes half a minute.
 *
 * @module
 */
import { rmSync } from "node:fs";
import { Vm } from "./boot.ts";
import { measureGuest, measureHost } from "./measure.ts";
import { setup } from "./setup.ts";
import { compareMeasurement, readTable, recordMeasurement, writeTable } from "./verifier_table.ts";

const ready = await setup();
if (!ready.ok) throw new Error(ready.reason);
try {
  await using vm = await Vm.boot(ready.value);
  for (const measured of [await measureGuest(vm), await measureHost()]) {
    for (const problem of compareMeasurement(await readTable(), measured)) console.log(problem);
    await writeTable(recordMeasurement(await readTable(), measured));
  }
} finally {
  rmSync(ready.value.tree, { force: true });
}
