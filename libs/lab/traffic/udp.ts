// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";
import { anyOf, PORT, plain, type Request, type Seen } from "./protocol.ts";

/** Answers datagrams with what it saw. */
export async function serveUdp(): Promise<void> {
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

/** Sends a random datagram, again where no answer comes, and compares what the far end saw. */
export async function sendUdp(request: Extract<Request, { do: "udp" }>): Promise<object> {
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

/** What an answer says: JSON up to the padding. */
export function readSeen(reply: Buffer): Seen {
  const end = reply.indexOf(0);
  return JSON.parse(reply.toString("utf8", 0, end < 0 ? reply.length : end)) as Seen;
}
