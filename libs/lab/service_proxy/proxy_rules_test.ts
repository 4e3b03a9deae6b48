// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import type { EndpointSlice, Service } from "@strait/k8s";
import { describeIf } from "@strait/testkit";
import { outputSync } from "../command.ts";
import { labObstacle } from "../obstacle.ts";
import { type ProxyInputs, proxyRules } from "./proxy_rules.ts";

const slice = (family: 4 | 6, addresses: readonly string[], ready = true): EndpointSlice => ({
  metadata: { name: `web-${family}`, namespace: "default", labels: { "kubernetes.io/service-name": "web" } },
  addressType: `IPv${family}`,
  endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready } })),
  ports: [{ name: "http", port: 8080, protocol: "TCP" }],
});
const WEB: Service = {
  metadata: { name: "web", namespace: "default" },
  spec: { clusterIPs: ["10.101.0.10", "fd10:1::a"], ports: [{ name: "http", port: 80, protocol: "TCP" }] },
};
const inputs = (slices: readonly EndpointSlice[], services: readonly Service[] = [WEB]): ProxyInputs => ({
  services,
  slices,
  clusterCidrs: ["10.1.0.0/16", "fd01::/48"],
});

describe("the rules of Services", () => {
  test("send a ClusterIP to one of its ready pods, in the family of the table", () => {
    const rules = proxyRules(4, inputs([slice(4, ["10.1.1.2", "10.1.2.2"]), slice(6, ["fd01::2"])]));
    expect(rules).toContain("elements = { 10.101.0.10 . tcp . 80 : goto service-0 };");
    expect(rules).toContain("numgen random mod 2 vmap { 0 : goto service-0-0, 1 : goto service-0-1 }");
    expect(rules).toContain("dnat to 10.1.2.2:8080");
    expect(rules).not.toContain("fd01");
    expect(proxyRules(6, inputs([slice(6, ["fd01::2"])]))).toContain("dnat to [fd01::2]:8080");
  });

  test("masquerade what comes from outside the cluster's pod ranges, and a pod that reaches itself", () => {
    const rules = proxyRules(4, inputs([slice(4, ["10.1.1.2"])]));
    expect(rules).toContain("ip saddr != { 10.1.0.0/16 } meta mark set meta mark | 0x4000");
    expect(rules).toContain("ip saddr 10.1.1.2 meta mark set meta mark | 0x4000");
  });

  test("refuse what goes to a Service without ready pods", () => {
    const rules = proxyRules(4, inputs([slice(4, ["10.1.1.2"], false)]));
    expect(rules).toContain("elements = { 10.101.0.10 . tcp . 80 };");
    expect(rules).not.toContain("dnat");
  });

  test("know nothing of a headless Service", () => {
    const headless = { ...WEB, spec: { ...WEB.spec, clusterIPs: ["None"] } };
    expect(proxyRules(4, inputs([slice(4, ["10.1.1.2"])], [headless]))).not.toContain("elements");
  });
});

describeIf(labObstacle())("the rules of Services", () => {
  test("are understood by nft", () => {
    for (const family of [4, 6] as const) {
      const full = proxyRules(family, inputs([slice(4, ["10.1.1.2", "10.1.2.2"]), slice(6, ["fd01::2", "fd01::3"])]));
      expect(outputSync(["nft", "-c", "-f", "-"], full)).toMatchObject({ code: 0, stderr: "" });
      expect(outputSync(["nft", "-c", "-f", "-"], proxyRules(family, inputs([])))).toMatchObject({ code: 0, stderr: "" });
    }
  });
});
