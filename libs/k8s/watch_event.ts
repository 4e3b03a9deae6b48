// SPDX-License-Identifier: Apache-2.0

/** What a watch tells. */
export type WatchEvent<T> =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: T }
  /** Nothing changed up to this version. */
  | { readonly type: "BOOKMARK"; readonly resourceVersion: string }
  /** An object that does not decode; `deleted` when it went away. */
  | {
      readonly type: "REFUSED";
      /** As `keyOf` has it; "" where the object has no readable name. */
      readonly key: string;
      readonly reason: string;
      readonly deleted: boolean;
      readonly resourceVersion: string | undefined;
    };
