// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from "node:fs/promises";

/** The text of a file that only its owner may read; `make` says what to put in where it is not there. */
export async function writeOnce(path: string, make: () => Promise<string>): Promise<string> {
  const there = await readFile(path, "utf8").catch(() => undefined);
  if (there !== undefined) return there;
  const text = await make();
  await writeFile(path, text, { mode: 0o600 });
  return text;
}
