// SPDX-License-Identifier: Apache-2.0
import { cString } from "./args.ts";
import { FdHandle } from "./fd_handle.ts";
import { check } from "./kernel_error.ts";
import { shim } from "./symbols.ts";

const EWOULDBLOCK = -11;

/**
 * An advisory lock (flock(2)) on a file or directory, held until closed. It goes with the process, however that ends.
 *
 * @example
 * ```ts
 * using lock = FileLock.tryTake("/run/strait/gateway.lock");
 * if (!lock) throw new Error("another gateway runs on this node");
 * ```
 */
export class FileLock extends FdHandle {
  private constructor(fd: number) {
    super("FileLock", fd);
  }

  /** Waits for the lock of a file or directory that exists. Blocks the process: only where the holder is quick. */
  static take(path: string): FileLock {
    return new FileLock(check(shim().strait_lock(cString(path), 0, 1), "lock", path));
  }

  /** Takes the lock of a file, which is made if missing unless `create` is false; undefined if somebody else holds it. */
  static tryTake(path: string, { create = true }: { readonly create?: boolean } = {}): FileLock | undefined {
    const fd = shim().strait_lock(cString(path), create ? 1 : 0, 0);
    return fd === EWOULDBLOCK ? undefined : new FileLock(check(fd, "lock", path));
  }
}
