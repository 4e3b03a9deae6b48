// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { clusterId } from "@strait/model";
import { Log } from "@strait/obs";
import { systemTimers } from "@strait/time";
import { createMemberSource } from "./start_member.ts";

const start = (env: Readonly<Record<string, string>>) =>
  createMemberSource({
    env: { NODE_NAME: "w1", ...env },
    namespace: "submariner-operator",
    clusterId: clusterId("east"),
    role: "agent",
    log: new Log({ write: () => {} }),
    timers: systemTimers,
  });

test.each<[Record<string, string>, string]>([
  [{ STRAIT_DELIVERY: "fast" }, 'STRAIT_DELIVERY is "fast": set it to auto, stack, direct or leave it out'],
  [{ STRAIT_DELIVERY: "Stack" }, 'STRAIT_DELIVERY is "Stack": set it to auto, stack, direct or leave it out'],
  [{ NODE_NAME: "w 1" }, "NODE_NAME: "],
])("createMemberSource refuses %p", async (env, reason) => {
  const made = await start(env);
  expect(made.ok ? "" : made.reason).toStartWith(reason);
});

test.each(["auto", "stack", "direct", ""])("createMemberSource takes STRAIT_DELIVERY=%p", async (value) => {
  // It goes on to look for the API server, which is nowhere here.
  const made = await start({ STRAIT_DELIVERY: value, KUBECONFIG: "/nonexistent/kubeconfig" });
  expect(made.ok ? "" : made.reason).not.toContain("STRAIT_DELIVERY");
});
