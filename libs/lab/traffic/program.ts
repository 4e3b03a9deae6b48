// SPDX-License-Identifier: Apache-2.0

/**
 * The program that stands in a pod: server and client of every traffic test, told what to do by JSON lines on stdin and
 * answering by JSON lines on stdout. It ends when stdin does, so it never outlives whoever started it.
 *
 * Port {@link PORT}: TCP takes an 8-byte big-endian length and that many bytes, then answers with one line of JSON
 * `{sha256, peer, bytes}`; UDP answers a datagram with the same JSON, padded with NULs to the datagram's own size.
 */
import { createHash, randomBytes } from "node:crypto";
import { createInterface } from "node:readline";

/** The port everything happens on. Namespaces keep it from colliding. */
const PORT = 7000;

/** What the server saw of what was sent. */
export interface Seen {
  readonly sha256: string;
  readonly peer: string;
  readonly bytes: number;
}

export type Request =
  | { readonly id: number; readonly do: "tcp"; readonly host: string; readonly bytes: number; readonly timeout: number }
  | {
      readonly id: number;
      readonly do: "udp";
      readonly host: string;
      readonly size: number;
      readonly timeout: number;
      readonly tries: number;
    }
  | { readonly id: number; readonly do: "flow"; readonly host: string; readonly size: number; readonly every: number }
  | { readonly id: number; readonly do: "stop"; readonly flow: number; readonly linger: number };

export type Answer =
  | { readonly id: number; readonly ok: true; readonly [key: string]: unknown }
  | { readonly id: number; readonly ok: false; readonly reason: string };

/** IPv4-mapped addresses are written as IPv4, since the sockets are dual-stack. */
function plain(address: string): string {
  return address.replace(/^::ffff:/i, "");
}

/** The unspecified address of a host's family: a datagram socket must be bound in the family it connects in. */
function anyOf(host: string): string {
  return host.includes(":") ? "::" : "0.0.0.0";
}

interface Incoming {
  readonly hash: Bun.CryptoHasher;
  head: Uint8Array;
  expected: number | undefined;
  bytes: number;
}

function serveTcp(): void {
  Bun.listen<Incoming>({
    hostname: "::",
    port: PORT,
    socket: {
      open(socket) {
        socket.data = { hash: new Bun.CryptoHasher("sha256"), head: new Uint8Array(0), expected: undefined, bytes: 0 };
      },
      data(socket, chunk) {
        const state = socket.data;
        let body: Uint8Array = chunk;
        if (state.expected === undefined) {
          state.head = Buffer.concat([state.head, chunk]);
          if (state.head.length < 8) return;
          state.expected = Number(Buffer.from(state.head).readBigUInt64BE(0));
          body = state.head.subarray(8);
        }
        state.hash.update(body);
        state.bytes += body.length;
        if (state.bytes < state.expected) return;
        const seen: Seen = { sha256: state.hash.digest("hex"), peer: plain(socket.remoteAddress), bytes: state.bytes };
        socket.end(`${JSON.stringify(seen)}\n`);
      },
      error() {},
    },
  });
}

async function serveUdp(): Promise<void> {
  await Bun.udpSocket({
    hostname: "::",
    port: PORT,
    socket: {
      data(socket, datagram, port, from) {
        const sha256 = createHash("sha256").update(datagram).digest("hex");
        const seen: Seen = { sha256, peer: plain(from), bytes: datagram.length };
        const text = Buffer.from(JSON.stringify(seen));
        const reply = Buffer.alloc(Math.max(datagram.length, text.length));
        text.copy(reply);
        socket.send(reply, port, from);
      },
      error() {},
    },
  });
}

function tcp(request: Extract<Request, { do: "tcp" }>): Promise<object> {
  const payload = randomBytes(request.bytes);
  const sha256 = new Bun.CryptoHasher("sha256").update(payload).digest("hex");
  const head = Buffer.alloc(8);
  head.writeBigUInt64BE(BigInt(request.bytes));
  const stream = Buffer.concat([head, payload]);
  const began = performance.now();
  return new Promise((resolve, reject) => {
    let sent = 0;
    let reply = "";
    const timer = setTimeout(
      () => finish(new Error(`no answer after ${request.timeout} ms, ${sent} bytes handed over`)),
      request.timeout,
    );
    let open: { terminate(): void } | undefined;
    function finish(outcome: Error | Seen): void {
      clearTimeout(timer);
      open?.terminate();
      if (outcome instanceof Error) reject(outcome);
      else
        resolve({
          sha256Equal: outcome.sha256 === sha256,
          sourceSeen: outcome.peer,
          bytes: outcome.bytes,
          ms: performance.now() - began,
        });
    }
    Bun.connect({
      hostname: request.host,
      port: PORT,
      socket: {
        open(socket) {
          open = socket;
          sent += socket.write(stream);
        },
        drain(socket) {
          if (sent < stream.length) sent += socket.write(stream.subarray(sent));
        },
        data(_socket, chunk) {
          reply += chunk.toString();
          if (reply.endsWith("\n")) finish(JSON.parse(reply) as Seen);
        },
        close() {
          if (!reply.endsWith("\n")) finish(new Error(`connection closed after ${sent} bytes`));
        },
        connectError(_socket, error) {
          finish(error);
        },
        error(_socket, error) {
          finish(error);
        },
      },
    }).catch(finish);
  });
}

async function udp(request: Extract<Request, { do: "udp" }>): Promise<object> {
  const payload = randomBytes(request.size);
  const sha256 = createHash("sha256").update(payload).digest("hex");
  let answered: ((reply: Buffer) => void) | undefined;
  const socket = await Bun.udpSocket({
    hostname: anyOf(request.host),
    connect: { hostname: request.host, port: PORT },
    socket: { data: (_socket, datagram) => answered?.(Buffer.from(datagram)), error() {} },
  });
  try {
    for (let tries = 1; tries <= request.tries; tries++) {
      const reply = await new Promise<Buffer | undefined>((resolve) => {
        answered = resolve;
        setTimeout(resolve, request.timeout, undefined);
        socket.send(payload);
      });
      if (reply === undefined) continue;
      const seen = readSeen(reply);
      return { received: seen.sha256 === sha256, sourceSeen: seen.peer, bytes: seen.bytes, replyBytes: reply.length, tries };
    }
    return { received: false, sourceSeen: "", bytes: 0, replyBytes: 0, tries: request.tries };
  } finally {
    socket.close();
  }
}

function readSeen(reply: Buffer): Seen {
  const end = reply.indexOf(0);
  return JSON.parse(reply.toString("utf8", 0, end < 0 ? reply.length : end)) as Seen;
}

/** Datagrams at a steady pace; what came back is counted once per datagram. */
const flows = new Map<number, { stop(linger: number): Promise<object> }>();

async function flow(request: Extract<Request, { do: "flow" }>): Promise<object> {
  const back = new Set<string>();
  let sent = 0;
  let lastGap = 0;
  let longestGap = 0;
  const outstanding = new Map<string, number>();
  const socket = await Bun.udpSocket({
    hostname: anyOf(request.host),
    connect: { hostname: request.host, port: PORT },
    socket: {
      data(_socket, datagram) {
        const { sha256 } = readSeen(Buffer.from(datagram));
        if (!outstanding.delete(sha256)) return;
        back.add(sha256);
        const now = performance.now();
        if (lastGap > 0) longestGap = Math.max(longestGap, now - lastGap);
        lastGap = now;
      },
      error() {},
    },
  });
  const timer = setInterval(() => {
    const payload = randomBytes(request.size);
    outstanding.set(createHash("sha256").update(payload).digest("hex"), sent++);
    socket.send(payload);
  }, request.every);
  flows.set(request.id, {
    async stop(linger) {
      clearInterval(timer);
      const deadline = performance.now() + linger;
      while (outstanding.size > 0 && performance.now() < deadline) await Bun.sleep(5);
      socket.close();
      return { sent, received: back.size, longestGapMs: longestGap };
    },
  });
  return {};
}

async function handle(request: Request): Promise<object> {
  switch (request.do) {
    case "tcp":
      return tcp(request);
    case "udp":
      return udp(request);
    case "flow":
      return flow(request);
    case "stop": {
      const running = flows.get(request.flow);
      if (running === undefined) throw new Error(`no flow ${request.flow}`);
      flows.delete(request.flow);
      return running.stop(request.linger);
    }
  }
}

function say(answer: Answer | { readonly ready: true }): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

if (import.meta.main) {
  serveTcp();
  await serveUdp();
  say({ ready: true });
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    const request = JSON.parse(line) as Request;
    handle(request).then(
      (result) => say({ id: request.id, ok: true, ...result }),
      (error: unknown) => say({ id: request.id, ok: false, reason: error instanceof Error ? error.message : String(error) }),
    );
  });
  lines.on("close", () => process.exit(0));
}
