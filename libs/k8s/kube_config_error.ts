// SPDX-License-Identifier: Apache-2.0

/** The configuration of a client cannot be used; the message is one sentence that says where and what to change. */
export class KubeConfigError extends Error {
  override readonly name = "KubeConfigError";
}
