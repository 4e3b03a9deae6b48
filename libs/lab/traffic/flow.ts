// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from "node:crypto";
import { anyOf, PORT, type Request } from "./protocol.ts";
import { readSeen } from "./udp.ts";

/** Datagrams at a steady pace; what came back is counted once per datagram. */
const flows = new Map<number, { stop(linger: number): Promise<object> }>();

/** Silences that are told one by one, in milliseconds. */
const TOLD_GAP = 200;

/** Starts a flow that {@link stopFlow} ends. */
export async function startFlow(request: Extract<Request, { do: "flow" }>): Promise<object> {
  const back = new Set<string>();
  let sent = 0;
  let last = performance.now();
  let longestGap = 0;
  const gaps: { readonly at: string; readonly ms: number }[] = [];
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
        const gap = now - last;
        // The first answer ends no silence.
        if (back.size > 1) longestGap = Math.max(longestGap, gap);
        if (gap > TOLD_GAP && gaps.length < 10) gaps.push({ at: clock(Date.now() - gap), ms: Math.round(gap) });
        last = now;
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
      const quietMs = performance.now() - last;
      const deadline = performance.now() + linger;
      while (outstanding.size > 0 && performance.now() < deadline) await Bun.sleep(5);
      socket.close();
      return { sent, received: back.size, longestGapMs: longestGap, gaps, quietMs };
    },
  });
  return {};
}

/** The time of day as logs have it. */
const clock = (epochMs: number): string => new Date(epochMs).toISOString().slice(11, 23);

/** Ends a flow, once what is under way has come back or `linger` milliseconds have passed. */
export async function stopFlow(request: Extract<Request, { do: "stop" }>): Promise<object> {
  const running = flows.get(request.flow);
  if (running === undefined) throw new Error(`no flow ${request.flow}`);
  flows.delete(request.flow);
  return running.stop(request.linger);
}
