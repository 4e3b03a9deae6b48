// SPDX-License-Identifier: Apache-2.0
import type { Family, Lab, Place } from "@strait/lab";
import { until } from "./until.ts";

/** The traffic programs' port. */
const PORT = 7000;

/** Connects, says so, sends enough that segments of full size pass, and holds the connection until its stdin ends. */
const PROGRAM = `
const [host, port] = process.argv.slice(-2);
const socket = await Bun.connect({ hostname: host, port: Number(port), socket: { data() {}, error() {} } });
const head = Buffer.alloc(8);
head.writeBigUInt64BE(1n << 40n);
socket.write(Buffer.concat([head, Buffer.alloc(8192)]));
console.log("connected");
for await (const _ of process.stdin);
process.exit(0);`;

/** Largest payload of a segment each end of a fresh TCP connection sends (\`ss -ti\`: mss), the connecting end first. */
export async function segmentSizes(lab: Lab, from: Place, to: Place, family: Family): Promise<readonly [number, number]> {
  await lab.traffic.driver(to);
  const child = Bun.spawn(from.ns.argv([process.execPath, "--smol", "-e", PROGRAM, to.address(family), `${PORT}`]), {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  try {
    for await (const _connected of child.stdout) break;
    const [near, far] = await Promise.all([segmentSize(from, to, family, "dport"), segmentSize(to, from, family, "sport")]);
    return [near, far];
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
}

function segmentSize(at: Place, peer: Place, family: Family, side: "dport" | "sport"): Promise<number> {
  const host = family === 6 ? `[${peer.address(6)}]` : peer.address(4);
  return until(`a connection of ${at.label} with ${peer.label}`, async () => {
    const { stdout } = await at.exec(["ss", "-tinH", "state", "established", `( ${side} = :${PORT} )`, "dst", host]);
    const mss = /\bmss:(\d+)/.exec(stdout)?.[1];
    return mss === undefined ? undefined : Number(mss);
  });
}
