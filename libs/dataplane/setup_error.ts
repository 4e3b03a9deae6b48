// SPDX-License-Identifier: Apache-2.0
/** This node cannot carry a dataplane as it is; the message says what to change. */
export class SetupError extends Error {
  override readonly name = "SetupError";
}
