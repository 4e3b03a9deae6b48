// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { formatJoinFile, type JoinFile, joinCredentials, parseJoinFile } from "./join_file.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const secret = {
  metadata: { name: "submariner-k8s-broker-admin-token-x", namespace: "ns" },
  type: "kubernetes.io/service-account-token",
};
const file: JoinFile = {
  brokerUrl: "https://172.31.9.1:6443",
  clientToken: { ...secret, data: { token: base64("ey.J~?ÿ"), "ca.crt": base64("-----BEGIN"), namespace: base64("broker") } },
  ipsecPsk: { metadata: { name: "submariner-ipsec-psk" }, data: { psk: base64("secret") } },
  serviceDiscovery: true,
  components: ["service-discovery", "connectivity"],
  customDomains: [],
};
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const upstream = {
  brokerURL: "https://172.31.9.1:6443",
  ClientToken: file.clientToken,
  IPSecPSK: file.ipsecPsk,
  ServiceDiscovery: true,
  Components: ["service-discovery", "connectivity"],
  CustomDomains: null,
};
const lower = {
  brokerurl: upstream.brokerURL,
  clientToken: upstream.ClientToken,
  ipsecPSK: upstream.IPSecPSK,
  serviceDiscovery: true,
  components: upstream.Components,
};

describe("A join file", () => {
  test("is read as it was written, Secrets whole", () => {
    expect(parseJoinFile(formatJoinFile(file))).toEqual({ ok: true, value: file });
    expect(joinCredentials(file)).toEqual({ ok: true, value: { token: "ey.J~?ÿ", ca: "-----BEGIN", namespace: "broker" } });
  });

  test("is written in base64url with padding and Submariner's keys", () => {
    const text = formatJoinFile({ ...file, customDomains: ["???>>>~~~"] });
    expect(text).toMatch(/^[A-Za-z0-9_-]+=*$/);
    expect(text.length % 4).toBe(0);
    const json = JSON.parse(Buffer.from(text, "base64url").toString());
    expect(Object.keys(json)).toEqual([
      "brokerURL",
      "ClientToken",
      "IPSecPSK",
      "ServiceDiscovery",
      "Components",
      "CustomDomains",
    ]);
  });

  test.each([
    ["keys as subctl writes them", encode(upstream)],
    ["keys as its source meant them", encode(lower)],
    ["lines of 76 characters", encode(upstream).replace(/.{76}/g, "$&\n")],
    ["plain base64", base64(JSON.stringify(upstream))],
    ["an address without scheme", encode({ ...upstream, brokerURL: "172.31.9.1:6443" })],
  ])("may have %s", (_, text) => {
    expect(parseJoinFile(text)).toEqual({ ok: true, value: file });
  });

  test("may do without a pre-shared key", () => {
    const parsed = parseJoinFile(encode({ ...upstream, IPSecPSK: null }));
    expect(parsed.ok && parsed.value.ipsecPsk).toBe(undefined);
  });

  test.each([
    ["", "no base64"],
    ["%%%", "no base64"],
    [base64("{"), "no JSON"],
    [base64("[]"), "malformed"],
    [base64("null"), "malformed"],
    [encode({ ...upstream, ClientToken: null }), "clienttoken"],
    [encode({ ...upstream, ClientToken: { ...secret, data: {} } }), "no readable token"],
    [encode({ ...upstream, ClientToken: { ...secret, data: { token: base64("t") } } }), "names no namespace"],
    [encode({ ...upstream, brokerURL: "" }), "brokerURL is empty"],
    [encode({ ...upstream, brokerURL: "ftp://x" }), "no address of an API server"],
    [encode({ ...upstream, Components: "connectivity" }), "components"],
  ])("is refused with a reason: %#", (text, reason) => {
    expect(parseJoinFile(text)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });
});
