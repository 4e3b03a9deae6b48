// SPDX-License-Identifier: Apache-2.0
const open = new Map<string, number>();

/**
 * Something the kernel or libbpf keeps for us until {@linkcode Handle.close}. Closing twice is fine, use after close throws
 * a TypeError, and {@linkcode openHandles} counts what is still open, so that tests can assert that nothing leaks.
 *
 * @example
 * ```ts
 * using map = BpfMap.openPinned("/sys/fs/bpf/strait/v1/strait_hops");
 * ```
 */
export abstract class Handle {
  readonly #kind: string;
  #closed = false;

  constructor(kind: string) {
    this.#kind = kind;
    open.set(kind, (open.get(kind) ?? 0) + 1);
  }

  /** True once {@linkcode Handle.close} was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Gives back what the handle holds. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    open.set(this.#kind, (open.get(this.#kind) ?? 1) - 1);
    this.release();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Throws a TypeError unless the handle is open: native code given a freed handle would crash or hit a stranger's. */
  protected guard(): void {
    if (this.#closed) throw new TypeError(`${this.#kind} is closed`);
  }

  protected abstract release(): void;
}

/** How many handles are open, all kinds together. */
export function openHandles(): number {
  return [...open.values()].reduce((sum, count) => sum + count, 0);
}

/** The same by kind, for the message of a test that found a leak. Kinds with none open are left out. */
export function openHandlesByKind(): Record<string, number> {
  return Object.fromEntries([...open].filter(([, count]) => count > 0));
}
