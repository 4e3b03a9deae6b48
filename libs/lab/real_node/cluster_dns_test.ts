// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { clusterDns, dnsAddress } from "./cluster_dns.ts";

test("the address of a cluster's DNS is the tenth of its Services, in both families", () => {
  expect(dnsAddress("10.101.0.0/16")).toBe("10.101.0.10");
  expect(dnsAddress("fd10:1::/112")).toBe("fd10:1::a");
});

test("a cluster's DNS asks for no more rights than to read what it answers from", () => {
  const roles = clusterDns(["10.101.0.0/16"]).flatMap(({ body }) => (body as { rules?: { verbs: string[] }[] }).rules ?? []);
  expect(new Set(roles.flatMap(({ verbs }) => verbs))).toEqual(new Set(["list", "watch"]));
});
