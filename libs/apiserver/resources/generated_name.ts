// SPDX-License-Identifier: Apache-2.0

// No vowels and no look-alikes, as upstream: generated names spell nothing.
const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
const RANDOM = 5;
const MAX = 63;

/** A name from `generateName`. Example: `generatedName("web-")` → "web-x7k2m". */
export function generatedName(base: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM));
  const tail = Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("");
  return `${base.slice(0, MAX - RANDOM)}${tail}`;
}
