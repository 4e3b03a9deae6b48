// SPDX-License-Identifier: Apache-2.0

/**
 * `./justw bench page`: writes the figures of committed runs into the pages that show them. tests/repo checks that they are current.
 *
 * @module
 */
import { benchPages } from "./support/pages.ts";

for (const { path, text, current } of await benchPages()) {
  if (text === current) continue;
  await Bun.write(path, current);
  console.log(`bench: ${path}`);
}
