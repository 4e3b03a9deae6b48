// SPDX-License-Identifier: Apache-2.0

/** Who asks. */
export interface User {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Who shows nothing. */
export const anonymous: User = { name: "system:anonymous", groups: ["system:unauthenticated"] };

/** The server itself, for its own controllers. */
export const self: User = { name: "system:apiserver", groups: ["system:masters", "system:authenticated"] };
