// SPDX-License-Identifier: Apache-2.0
import type { Pod } from "@strait/lab";

export const IPERF_PORT = 5201;
export const RR_PORT = 5202;
/** Length of iperf3's intervals, in seconds. The server's own setting decides for the receiver's side. */
export const IPERF_STEP = 0.25;

/**
 * Starts what answers the tests in a pod and waits until it listens, on both families. They end when the stack is disposed.
 *
 * @param rr path of the compiled rr.c
 */
export async function startServers(pod: Pod, rr: string): Promise<AsyncDisposableStack> {
  const stack = new AsyncDisposableStack();
  try {
    for (const argv of [
      ["iperf3", "-s", "-p", `${IPERF_PORT}`, "-i", `${IPERF_STEP}`, "-J"],
      [rr, "serve", `${RR_PORT}`],
    ]) {
      const child = Bun.spawn(pod.ns.argv(argv), { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
      stack.defer(async () => {
        child.kill("SIGKILL");
        await child.exited;
      });
    }
    await listening(pod, [IPERF_PORT, RR_PORT]);
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
  return stack;
}

/** A socket that listens has state 0A in /proc/net/tcp6 (proc_net_tcp); both servers bind the dual-stack wildcard. */
async function listening(pod: Pod, ports: readonly number[]): Promise<void> {
  const deadline = Date.now() + 10_000;
  const rows = ports.map((port) => new RegExp(`:${port.toString(16).toUpperCase().padStart(4, "0")} 0+:0000 0A `));
  for (;;) {
    const table = await pod.ns.run(["cat", "/proc/net/tcp6"]);
    if (rows.every((row) => row.test(table))) return;
    if (Date.now() > deadline) throw new Error(`${pod.label}: the servers of the bench do not listen`);
    await Bun.sleep(10);
  }
}
