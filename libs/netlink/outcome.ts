// SPDX-License-Identifier: Apache-2.0
import { KernelError } from "@strait/ffi";

/** Runs a call whose failure with one of these errno names is an expected outcome: then `otherwise` is the answer. */
export function expecting<T>(errnoNames: readonly string[], call: () => T, otherwise: T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof KernelError && errnoNames.includes(error.errnoName)) return otherwise;
    throw error;
  }
}
