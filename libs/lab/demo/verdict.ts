// SPDX-License-Identifier: Apache-2.0

/** What a demo ends with: `ok`, and whatever it saw. */
export interface Verdict {
  readonly ok: boolean;
  readonly [seen: string]: unknown;
}
