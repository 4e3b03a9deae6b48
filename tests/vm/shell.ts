// SPDX-License-Identifier: Apache-2.0
/**
 * For people: runs one shell command in a fresh guest and shows what it says.
 *
 * `bun run tests/vm/shell.ts 'uname -r; bun test tests/netns'`
 *
 * @module
 */
import { rmSync } from "node:fs";
import { Vm } from "./boot.ts";
import { setup } from "./setup.ts";

const [command] = Bun.argv.slice(2);
if (command === undefined) throw new TypeError("usage: bun run tests/vm/shell.ts 'COMMAND'");
const ready = await setup();
if (!ready.ok) throw new Error(ready.reason);
try {
  await using vm = await Vm.boot(ready.value);
  const result = await vm.run(["bash", "-c", command], { onOutput: (text) => process.stdout.write(text) });
  process.exitCode = result.exit;
} finally {
  rmSync(ready.value.tree, { force: true });
}
