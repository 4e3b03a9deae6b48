// SPDX-License-Identifier: Apache-2.0

/** Waits until something holds, and says what did not where it takes longer than so many milliseconds. */
export async function until(what: string, holds: () => boolean, milliseconds = 25_000): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited ${milliseconds} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
