// SPDX-License-Identifier: Apache-2.0
import type { ApiError } from "@strait/k8s";

/** What `libs/k8s` says of certificates by a known authority: it tells what to do, and another authority would not help. */
const KNOWN_AUTHORITY = /has expired|is not valid yet|is for another name|was revoked/;

/**
 * What to do about an error, of the advice for each reason. Of certificates only those that the authority has not signed ask for
 * another one.
 *
 * @example
 * adviceFor(error, { Transport: "is it reached from here?" }) // undefined, where it is not about the transport
 */
export function adviceFor(error: ApiError, advice: Readonly<Record<string, string>>): string | undefined {
  return error.reason === "Certificate" && KNOWN_AUTHORITY.test(error.message) ? undefined : advice[error.reason];
}
