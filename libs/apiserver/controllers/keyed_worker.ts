// SPDX-License-Identifier: Apache-2.0
import type { Log } from "@strait/obs";
import type { ObjectStore } from "../store/object_store.ts";
import type { Change } from "../store/stored_object.ts";

export interface WorkerOptions {
  readonly name: string;
  readonly store: ObjectStore;
  readonly log: Log;
  /** What a change asks to look at; nothing where it does not concern the worker. */
  readonly keysOf: (change: Change) => Iterable<string>;
  /** Brings one key in order. What it throws is logged; the next change of the key tries again. */
  readonly handle: (key: string) => void;
}

const BATCH = 50;

/** Looks at keys after changes, each once per burst, between requests and never inside one. */
export class KeyedWorker {
  readonly #options: WorkerOptions;
  readonly #keys = new Set<string>();
  readonly #off: () => void;
  #scheduled: NodeJS.Immediate | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#off = options.store.onChange((change) => this.add(...options.keysOf(change)));
  }

  add(...keys: string[]): void {
    for (const key of keys) this.#keys.add(key);
    if (this.#keys.size > 0) this.#scheduled ??= setImmediate(() => this.#run());
  }

  stop(): void {
    this.#off();
    this.#keys.clear();
    if (this.#scheduled) clearImmediate(this.#scheduled);
  }

  #run(): void {
    this.#scheduled = undefined;
    let budget = BATCH;
    for (const key of this.#keys) {
      if (budget-- === 0) break;
      this.#keys.delete(key);
      try {
        this.#options.handle(key);
      } catch (error) {
        this.#options.log.warn("controller failed", { controller: this.#options.name, key, error });
      }
    }
    if (this.#keys.size > 0) this.#scheduled ??= setImmediate(() => this.#run());
  }
}
