// SPDX-License-Identifier: Apache-2.0
import type { TLSSocket } from "node:tls";

/** How long a client may take, in milliseconds. */
export interface Patience {
  /** For a whole request, from its connection or its first byte on. */
  readonly requestMs: number;
  /** Between an answer and the next request. */
  readonly idleMs: number;
}

/**
 * Ends connections on which nobody asks anything: one that sends half a request, or none, would be kept for ever. `node:http` does
 * so by itself only for sockets that it accepted itself (Bun 1.4).
 */
export class SlowClients {
  readonly #patience: Patience;
  readonly #timers = new WeakMap<object, Timer>();
  /** Requests that are not answered yet: a client may send the next one before. */
  readonly #open = new WeakMap<object, number>();

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** A client connected: it must ask soon. */
  connected(socket: TLSSocket): void {
    this.#wait(socket, this.#patience.requestMs);
  }

  /** A request begins: the rest of it must come soon. */
  began(socket: TLSSocket): void {
    this.#open.set(socket, (this.#open.get(socket) ?? 0) + 1);
    this.#wait(socket, this.#patience.requestMs);
  }

  /** The whole request is there; its answer may take as long as it takes. */
  isWhole(socket: TLSSocket): void {
    clearTimeout(this.#timers.get(socket));
  }

  /** An answer was given: the client may ask again. */
  answered(socket: TLSSocket): void {
    const open = (this.#open.get(socket) ?? 1) - 1;
    this.#open.set(socket, open);
    if (open === 0) this.#wait(socket, this.#patience.idleMs);
  }

  #wait(socket: TLSSocket, ms: number): void {
    clearTimeout(this.#timers.get(socket));
    if (socket.destroyed) return;
    const timer = setTimeout(() => socket.destroy(), ms);
    timer.unref();
    this.#timers.set(socket, timer);
  }
}
