// SPDX-License-Identifier: Apache-2.0

import { FakeTimers, settle } from "@strait/time/testing";
import type { System } from "../app.ts";

type SignalName = Parameters<System["onSignal"]>[0];

/** A process of a test: it keeps what is printed, and is sent signals by hand. */
export class FakeSystem implements System {
  readonly timers = new FakeTimers();
  readonly env: Record<string, string | undefined> = {};
  readonly argv: readonly string[];
  stdout = "";
  stderr = "";
  readonly #handlers = new Map<SignalName, Set<() => void>>();

  constructor(...argv: string[]) {
    this.argv = argv;
  }

  readonly out = (text: string): boolean => {
    this.stdout += text;
    return true;
  };

  readonly err = (text: string): void => {
    this.stderr += text;
  };

  onSignal(name: SignalName, run: () => void): () => void {
    const handlers = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, handlers.add(run));
    return () => void handlers.delete(run);
  }

  /** Delivers a signal; throws where nobody would have caught it. */
  async signal(name: SignalName): Promise<void> {
    const handlers = this.#handlers.get(name);
    if (!handlers || handlers.size === 0) throw new Error(`nobody handles ${name}: the process would be dead`);
    for (const run of [...handlers]) run();
    await settle();
  }

  /** Whether any signal is still handled. */
  get listening(): boolean {
    return [...this.#handlers.values()].some((handlers) => handlers.size > 0);
  }
}
