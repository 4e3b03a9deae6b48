// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { startTestServer } from "../../testing/mod.ts";

const pod = (port: object) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "p" },
  spec: { containers: [{ name: "c", image: "i", ports: [port] }] },
});
const service = (port: object) => ({ apiVersion: "v1", kind: "Service", metadata: { name: "s" }, spec: { ports: [port] } });

const RANGE = "must be between 1 and 65535, inclusive";
const PROTOCOL = 'Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"';

test("ports of pods and Services outside their range, or of an unknown protocol, are refused", async () => {
  await using under = await startTestServer();
  const refusal = async (path: string, body: object) => {
    const answer = await under.admin.call("POST", `/api/v1/namespaces/default/${path}?dryRun=All`, { body });
    return answer.status === 422 ? answer.body.message.replace(/^.* is invalid: /, "") : String(answer.status);
  };
  await under.admin.call("POST", "/api/v1/namespaces/default/serviceaccounts", {
    body: { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default" } },
  });
  const at = "spec.containers[0].ports[0]";
  expect(await refusal("pods", pod({ containerPort: 65535 }))).toBe("201");
  expect(await refusal("pods", pod({ containerPort: 53, protocol: "UDP" }))).toBe("201");
  expect(await refusal("pods", pod({ containerPort: 65536 }))).toBe(`${at}.containerPort: Invalid value: 65536: ${RANGE}`);
  expect(await refusal("pods", pod({ containerPort: 1, hostPort: -1 }))).toBe(`${at}.hostPort: Invalid value: -1: ${RANGE}`);
  expect(await refusal("pods", pod({ name: "http" }))).toBe(`${at}.containerPort: Required value`);
  expect(await refusal("pods", pod({ containerPort: 1, protocol: "ICMP" }))).toBe(`${at}.protocol: ${PROTOCOL}`);
  expect(await refusal("services", service({ port: 80, protocol: "SCTP" }))).toBe("201");
  expect(await refusal("services", service({ port: 0 }))).toBe(`spec.ports[0].port: Invalid value: 0: ${RANGE}`);
  expect(await refusal("services", service({ port: 80, protocol: "ICMP" }))).toBe(`spec.ports[0].protocol: ${PROTOCOL}`);
});
