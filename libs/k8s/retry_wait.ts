// SPDX-License-Identifier: Apache-2.0
import { ApiError } from "./api_error.ts";
import type { Connection } from "./connection.ts";

const MOST_ATTEMPTS = 4;
/** Longer waits are the caller's to decide about; the error carries them. */
const LONGEST_WAIT_MS = 10_000;

/**
 * Milliseconds after which a failed request is worth another try, or undefined where the caller shall know. Only refusals that
 * changed nothing are repeated: the server said when to come back, or did not accept credentials that can be renewed.
 */
export function retryWait(error: unknown, failures: number, connection: Connection): number | undefined {
  if (!(error instanceof ApiError)) return undefined;
  if (error.status === 401 && connection.forget && failures === 1) {
    connection.forget();
    return 0;
  }
  const asked = error.retryAfterMs;
  const refused = error.status === 429 || error.status === 503;
  return refused && asked !== undefined && asked <= LONGEST_WAIT_MS && failures < MOST_ATTEMPTS ? asked : undefined;
}
