// SPDX-License-Identifier: Apache-2.0

/** A call as it came. */
export interface FakeCall {
  /** "get", "list", "watch", "create", "update", "patch", "apply", "delete". */
  readonly verb: string;
  readonly plural: string;
  /** "namespace/name", or the namespace of a list. */
  readonly key: string;
  readonly body?: unknown;
}
