// SPDX-License-Identifier: Apache-2.0
/**
 * The guest's end of the virtio port: runs what the host orders and sends back output and exit status.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { openSync, read, writeSync } from "node:fs";
import { release } from "node:os";
import { LineReader, type Order, type Report } from "../protocol.ts";

const [port] = Bun.argv.slice(2);
if (port === undefined) throw new TypeError("usage: agent.ts PORT_DEVICE");
// One descriptor for both directions: the kernel lets a virtio port be opened once only.
const descriptor = openSync(port, "r+");
const running = new Map<number, ChildProcess>();

function send(report: Report): void {
  const bytes = new TextEncoder().encode(`${JSON.stringify(report)}\n`);
  for (let sent = 0; sent < bytes.length; ) sent += writeSync(descriptor, bytes, sent);
}

function obey(order: Order): void {
  if (order.kind === "kill") kill(order.id);
  else start(order);
}

function start(order: Extract<Order, { kind: "run" }>): void {
  const [program = "", ...rest] = order.argv;
  // A group of its own, so that a kill reaches what the program started.
  const child = spawn(program, rest, {
    env: { ...process.env, ...order.env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.set(order.id, child);
  for (const stream of ["stdout", "stderr"] as const) {
    const decoder = new TextDecoder();
    child[stream].on("data", (bytes: Uint8Array) => {
      send({ kind: "output", id: order.id, stream, text: decoder.decode(bytes, { stream: true }) });
    });
  }
  child.on("error", (error) => {
    if (!running.delete(order.id)) return;
    send({ kind: "output", id: order.id, stream: "stderr", text: `${error.message}\n` });
    send({ kind: "exit", id: order.id, exit: -1 });
  });
  child.on("close", (code) => {
    if (running.delete(order.id)) send({ kind: "exit", id: order.id, exit: code ?? -1 });
  });
}

function kill(id: number): void {
  const pid = running.get(id)?.pid;
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // It ended by itself in between: its exit report is on the way.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

send({ kind: "ready", release: release(), bun: Bun.version });
const lines = new LineReader();
const buffer = new Uint8Array(65536);
const next = (): void => {
  read(descriptor, buffer, 0, buffer.length, null, (error, count) => {
    if (error) throw error;
    // No bytes: the host has closed its end, and with it the machine's purpose.
    if (count === 0) process.exit(0);
    for (const line of lines.push(buffer.subarray(0, count))) obey(JSON.parse(line) as Order);
    next();
  });
};
next();
