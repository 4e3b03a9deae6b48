// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { ApiClient } from "@strait/k8s";
import { FakeApiServer } from "@strait/k8s/testing";
import { Log } from "@strait/obs";
import { systemTimers } from "@strait/time";
import { nodeObject } from "./testing/agent_process.ts";
import { waitForNode } from "./wait_for_node.ts";

test("waitForNode waits for the own node to be ready, not for another one, and ends with its signal", async () => {
  const server = new FakeApiServer();
  const log = new Log({ write: () => {} });
  const client = new ApiClient({ server: server.url, tls: {}, origin: "a test" }, { log, timers: systemTimers });
  try {
    const nodes = server.objects({ group: "", version: "v1", plural: "nodes" });
    nodes.put(nodeObject("w1", "172.31.1.4", "10.1.2.0/24", { ready: false }));
    const ended = new AbortController();
    const wait = (name: string, signal: AbortSignal) =>
      waitForNode({ client, nodeName: name }, { log, timers: systemTimers, signal });
    const first = wait("w1", ended.signal);
    const other = wait("w2", ended.signal);
    nodes.put(nodeObject("w1", "172.31.1.4", "10.1.2.0/24"));
    expect(await first).toBe(true);
    ended.abort();
    expect(await other).toBe(false);
  } finally {
    client.close();
    server.stop();
  }
});
