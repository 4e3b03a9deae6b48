// SPDX-License-Identifier: Apache-2.0

/** Something a lab was given that stands until it is removed. Removing it twice is fine. */
export interface Installed extends AsyncDisposable {
  remove(): Promise<void>;
}

/** Wraps what undoes an installation, so that it runs at most once. */
export function undoOnce(undo: () => Promise<void>): Installed {
  let undone: Promise<void> | undefined;
  const remove = () => {
    undone ??= undo();
    return undone;
  };
  return { remove, [Symbol.asyncDispose]: remove };
}
