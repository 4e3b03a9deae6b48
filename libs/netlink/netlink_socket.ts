// SPDX-License-Identifier: Apache-2.0
import { KernelError, NetlinkFd } from "@strait/ffi";
import { concat } from "./bytes.ts";
import { NLM_F, NLMSG, NETLINK as PROTOCOL } from "./constants.ts";
import { decodeAcknowledgement, encodeMessage, type NetlinkMessage, splitMessages } from "./message.ts";

/** What a request is about, for its error: "cannot VERB OBJECT". */
export interface Purpose {
  readonly verb: string;
  readonly object: string;
}

/** One of several messages that take effect together. */
export interface BatchMessage {
  readonly type: number;
  readonly flags: number;
  readonly payload: readonly Uint8Array[];
}

const EINTR = 4;
const ETIMEDOUT = 110;
// The kernel answers within the call that sends; this only ends a wait that would otherwise never end.
const PATIENCE_MS = 5000;
// A table that changes while it is read is read again. More tries than this mean that it never stands still.
const DUMP_TRIES = 10;

/**
 * One netlink socket for requests: sends a message, gathers what comes back up to its acknowledgement. Calls are synchronous,
 * as the kernel does the work inside the send. What goes wrong is a KernelError with the kernel's extended-ack text.
 *
 * @example
 * ```ts
 * using socket = new NetlinkSocket();
 * const answers = socket.dump({ verb: "list", object: "links" }, RTM.GETLINK, encodeIfinfo(0));
 * ```
 */
export class NetlinkSocket implements Disposable {
  readonly #protocol: number;
  #fd: NetlinkFd | undefined;
  #sequence = 0;
  #closed = false;

  /** @param protocol NETLINK.ROUTE where absent. */
  constructor(protocol: number = PROTOCOL.ROUTE) {
    this.#protocol = protocol;
    this.#fd = NetlinkFd.open(protocol);
  }

  /** Sends a request and gives the messages that came before its acknowledgement. */
  request(purpose: Purpose, type: number, flags: number, ...payload: readonly Uint8Array[]): NetlinkMessage[] {
    return this.#exchange(purpose, type, NLM_F.REQUEST | NLM_F.ACK | flags, payload).messages;
  }

  /** Reads a whole table, again if it changed meanwhile. */
  dump(purpose: Purpose, type: number, ...payload: readonly Uint8Array[]): NetlinkMessage[] {
    for (let tries = 0; tries < DUMP_TRIES; tries++) {
      const { messages, interrupted } = this.#exchange(purpose, type, NLM_F.REQUEST | NLM_F.DUMP, payload);
      if (!interrupted) return messages;
    }
    throw new KernelError(purpose.verb, purpose.object, EINTR, { detail: `changed during each of ${DUMP_TRIES} readings` });
  }

  /**
   * Sends messages that take effect together or not at all, between two that say where they begin and end (nfnetlink.h).
   * Throws what the kernel said of the first that it refused.
   */
  batch(purpose: Purpose, begin: BatchMessage, end: BatchMessage, messages: readonly BatchMessage[]): void {
    if (this.#closed) throw new TypeError("the netlink socket is closed");
    this.#fd ??= NetlinkFd.open(this.#protocol);
    const encode = ({ type, flags, payload }: BatchMessage, ask: number): Uint8Array =>
      encodeMessage(type, NLM_F.REQUEST | ask | flags, this.#nextSequence(), ...payload);
    const first = encode(begin, 0);
    const beginning = this.#sequence;
    const bytes = concat(first, ...messages.map((message) => encode(message, NLM_F.ACK)));
    const last = this.#sequence;
    let settled = false;
    try {
      this.#fd.send(concat(bytes, encode(end, 0)));
      // Each is answered in order; only the kernel's word about the whole, where it refuses that, has the first one's number.
      for (let answered = beginning; answered < last; ) {
        const datagram = this.#fd.receive(PATIENCE_MS);
        if (!datagram) throw new KernelError(purpose.verb, purpose.object, ETIMEDOUT);
        const split = splitMessages(datagram);
        if (!split.ok) throw new Error(`cannot ${purpose.verb} ${purpose.object}: ${split.reason}`);
        for (const message of split.value) {
          if (message.type !== NLMSG.ERROR || message.sequence < beginning || message.sequence > last) continue;
          this.#settle(purpose, message);
          answered = message.sequence;
        }
      }
      settled = true;
    } finally {
      // What is left of a broken exchange must not be taken for the answer to the next one.
      if (!settled) {
        this.#fd?.close();
        this.#fd = undefined;
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#fd?.close();
    this.#fd = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #exchange(
    purpose: Purpose,
    type: number,
    flags: number,
    payload: readonly Uint8Array[],
  ): { messages: NetlinkMessage[]; interrupted: boolean } {
    if (this.#closed) throw new TypeError("the netlink socket is closed");
    const { verb, object } = purpose;
    const sequence = this.#nextSequence();
    this.#fd ??= NetlinkFd.open(this.#protocol);
    const messages: NetlinkMessage[] = [];
    let interrupted = false;
    let ended = false;
    try {
      this.#fd.send(encodeMessage(type, flags, sequence, ...payload));
      for (;;) {
        const datagram = this.#fd.receive(PATIENCE_MS);
        if (!datagram) throw new KernelError(verb, object, ETIMEDOUT);
        const split = splitMessages(datagram);
        if (!split.ok) throw new Error(`cannot ${verb} ${object}: ${split.reason}`);
        for (const message of split.value) {
          if (message.sequence !== sequence) continue;
          if (message.flags & NLM_F.DUMP_INTR && message.type !== NLMSG.ERROR) interrupted = true;
          if (message.type >= NLMSG.MIN_TYPE) messages.push(message);
          else if (message.type === NLMSG.ERROR || message.type === NLMSG.DONE) {
            ended = true;
            this.#settle(purpose, message);
            return { messages, interrupted };
          }
        }
      }
    } finally {
      // What is left of a broken exchange must not be taken for the answer to the next one.
      if (!ended) {
        this.#fd?.close();
        this.#fd = undefined;
      }
    }
  }

  #settle({ verb, object }: Purpose, message: NetlinkMessage): void {
    const ack = decodeAcknowledgement(message);
    if (!ack.ok) throw new Error(`cannot ${verb} ${object}: ${ack.reason}`);
    const { errno, text, missing } = ack.value;
    if (errno === 0) return;
    const detail = text ?? (missing === undefined ? undefined : `attribute ${missing} is missing`);
    throw new KernelError(verb, object, errno, detail === undefined ? {} : { detail });
  }

  #nextSequence(): number {
    this.#sequence = (this.#sequence % 0xffffffff) + 1;
    return this.#sequence;
  }
}
