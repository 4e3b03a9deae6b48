// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { createPrivateKey, createPublicKey, sign, verify, X509Certificate } from "node:crypto";
import { Authority, signingKeys } from "./authority.ts";

describe("Authority", () => {
  test("issues a client's certificate that names user and groups and verifies against it", async () => {
    const authority = await Authority.create("east");
    const { cert, key } = await authority.issue({ user: "jane", groups: ["system:masters", "dev"] });
    const certificate = new X509Certificate(cert);
    expect(certificate.subject.split("\n").sort()).toEqual(["CN=jane", "O=dev", "O=system:masters"]);
    expect(certificate.verify(new X509Certificate(authority.cert).publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
  });

  test("issues a server's certificate for names and addresses of both families", async () => {
    const authority = await Authority.create("east");
    const { cert } = await authority.issue({ user: "kube-apiserver", names: ["kubernetes.default.svc", "10.96.0.1", "fd00::1"] });
    const certificate = new X509Certificate(cert);
    expect(certificate.checkHost("kubernetes.default.svc")).toBe("kubernetes.default.svc");
    expect(certificate.checkIP("10.96.0.1")).toBe("10.96.0.1");
    expect(certificate.checkIP("fd00::1")).toBe("fd00::1");
    expect(certificate.checkIP("10.96.0.2")).toBeUndefined();
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  });

  test("goes on after it was saved, and another authority's certificates do not verify", async () => {
    const made = await Authority.create("east");
    const { cert } = await Authority.from(made).issue({ user: "jane" });
    expect(new X509Certificate(cert).verify(new X509Certificate(made.cert).publicKey)).toBe(true);
    const other = await Authority.create("east");
    expect(new X509Certificate(cert).verify(new X509Certificate(other.cert).publicKey)).toBe(false);
  });

  test("keeps to the times it is given", async () => {
    const authority = await Authority.create("east");
    const { cert } = await authority.issue({ user: "jane", notBefore: new Date("2020-01-01"), notAfter: new Date("2020-02-01") });
    expect(new Date(new X509Certificate(cert).validTo)).toEqual(new Date("2020-02-01"));
  });
});

test("signingKeys are two halves of one key", async () => {
  const { public: spki, key } = await signingKeys();
  const signature = sign("sha256", Buffer.from("x"), createPrivateKey(key));
  expect(verify("sha256", Buffer.from("x"), createPublicKey(spki), signature)).toBe(true);
});
