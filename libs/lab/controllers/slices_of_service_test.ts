// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import type { Pod, Service } from "@strait/k8s";
import { slicesOfService } from "./slices_of_service.ts";

const pod = (name: string, ips: readonly string[], more: Partial<Pod> = {}): Pod => ({
  metadata: { name, namespace: "default", uid: name, labels: { app: "web" } },
  spec: { nodeName: "w1", containers: [{ name: "c", ports: [{ name: "http", containerPort: 8080 }] }] },
  status: { phase: "Running", podIPs: ips.map((ip) => ({ ip })), conditions: [{ type: "Ready", status: "True" }] },
  ...more,
});
const service = (spec: NonNullable<Service["spec"]>): Service => ({
  metadata: { name: "web", namespace: "default", uid: "s" },
  spec: { selector: { app: "web" }, ipFamilies: ["IPv4", "IPv6"], ports: [{ port: 80, targetPort: "http" }], ...spec },
});
const BOTH = pod("a", ["10.1.1.2", "fd01::2"]);

describe("the EndpointSlices of a Service", () => {
  test("are one per family, with the pods' addresses and the port its containers name", () => {
    const [v4, v6] = slicesOfService(service({}), [BOTH]);
    expect(v4).toMatchObject({
      metadata: { name: "web-ipv4", labels: { "kubernetes.io/service-name": "web" }, ownerReferences: [{ uid: "s" }] },
      addressType: "IPv4",
      endpoints: [{ addresses: ["10.1.1.2"], conditions: { ready: true }, nodeName: "w1", targetRef: { name: "a" } }],
      ports: [{ name: "", port: 8080, protocol: "TCP" }],
    });
    expect(v6).toMatchObject({ addressType: "IPv6", endpoints: [{ addresses: ["fd01::2"] }] });
  });

  test("are none without a selector", () => {
    expect(slicesOfService(service({ selector: {} }), [BOTH])).toEqual([]);
  });

  test("leave out pods of other labels, without an address, and those that ended", () => {
    const others = [
      pod("b", []),
      pod("c", ["10.1.1.3"], { status: { phase: "Succeeded", podIPs: [{ ip: "10.1.1.3" }] } }),
      { ...pod("d", ["10.1.1.4"]), metadata: { name: "d", namespace: "default", labels: { app: "db" } } },
    ];
    expect(slicesOfService(service({ ipFamilies: ["IPv4"] }), others)).toMatchObject([{ endpoints: [], ports: [] }]);
  });

  test("say of a pod that goes that it is not ready, and of one that is not ready too", () => {
    const going = { ...BOTH, metadata: { ...BOTH.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } };
    const conditions = (of: Pod) => slicesOfService(service({}), [of])[0]?.endpoints?.[0]?.conditions;
    expect(conditions(going)).toEqual({ ready: false, serving: true, terminating: true });
    expect(conditions({ ...BOTH, status: { ...BOTH.status, conditions: [] } })).toEqual({
      ready: false,
      serving: false,
      terminating: false,
    });
  });

  test("stand apart where containers name the port differently", () => {
    const other: Pod = {
      ...pod("b", ["10.1.1.3"]),
      spec: { containers: [{ name: "c", ports: [{ name: "http", containerPort: 9090 }] }] },
    };
    const slices = slicesOfService(service({ ipFamilies: ["IPv4"] }), [pod("a", ["10.1.1.2"]), other]);
    expect(slices.map(({ metadata, ports }) => [metadata.name, ports?.[0]?.port])).toEqual([
      ["web-ipv4", 8080],
      ["web-ipv4-1-0", 9090],
    ]);
  });
});
