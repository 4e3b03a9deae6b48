// SPDX-License-Identifier: Apache-2.0
import { ok, type Result, refuse } from "@strait/model";

/** Thrown by readers inside `reading`, never seen outside this package. */
export class Malformed extends Error {}

/**
 * Runs a strict reader and turns its complaint into a refusal, so that decoders can be written straight and are still total.
 * Errors of any other kind are bugs and go on up.
 *
 * @example
 * const decoded = reading("a link", () => readLink(bytes)); // {ok: false, reason: "a link: ..."}
 */
export function reading<T>(what: string, read: () => T): Result<T> {
  try {
    return ok(read());
  } catch (error) {
    if (error instanceof Malformed) return refuse(`${what}: ${error.message}`);
    throw error;
  }
}
