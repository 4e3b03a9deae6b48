// SPDX-License-Identifier: Apache-2.0
import { rename, writeFile } from "node:fs/promises";

/** Writes a file that only its owner may read; whoever reads meanwhile sees the old text or the new one. */
export async function writeSecret(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
