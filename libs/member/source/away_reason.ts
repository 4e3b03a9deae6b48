// SPDX-License-Identifier: Apache-2.0
import { type InformerState, NOTHING_READ } from "@strait/k8s";

/** Why a list is not followed now; undefined while it is, and while it was never read: to be asked for the first time is no fault. */
export function awayReason({ state: { reason } }: { readonly state: InformerState }): string | undefined {
  return reason === NOTHING_READ ? undefined : reason;
}
