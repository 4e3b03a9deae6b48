// SPDX-License-Identifier: Apache-2.0
import { cString } from "./args.ts";
import { FdHandle } from "./fd_handle.ts";
import { check, KernelError } from "./kernel_error.ts";
import { shim } from "./symbols.ts";

const EWOULDBLOCK = -11;
const ETIMEDOUT = 110;

/** Far longer than anybody holds one who is not stopped, and shorter than a kubelet waits for an app that does not answer. */
const PATIENCE_MS = 20_000;
/** Milliseconds between two tries, at most. */
const LONGEST_NAP_MS = 20;

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

  /**
   * Waits for the lock of a file or directory that exists. Blocks the process: only where the holder is quick.
   *
   * @throws KernelError ETIMEDOUT where somebody holds it for longer than `patienceMs` (20 s): he is stopped, or stuck in the kernel
   */
  static take(path: string, { patienceMs = PATIENCE_MS }: { readonly patienceMs?: number } = {}): FileLock {
    const started = performance.now();
    for (let nap = 1; ; nap = Math.min(nap * 2, LONGEST_NAP_MS)) {
      const lock = FileLock.tryTake(path, { create: false });
      if (lock) return lock;
      if (performance.now() - started > patienceMs) {
        const detail = `another process has held it for ${patienceMs / 1000} s: look for one of Strait's on this node that is stopped or stuck`;
        throw new KernelError("lock", path, ETIMEDOUT, { detail });
      }
      Bun.sleepSync(nap);
    }
  }

  /** Takes the lock of a file, which is made if missing unless `create` is false; undefined if somebody else holds it. */
  static tryTake(path: string, { create = true }: { readonly create?: boolean } = {}): FileLock | undefined {
    const fd = shim().strait_lock(cString(path), create ? 1 : 0);
    return fd === EWOULDBLOCK ? undefined : new FileLock(check(fd, "lock", path));
  }
}
