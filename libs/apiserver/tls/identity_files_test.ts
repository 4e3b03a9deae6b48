// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identityFiles } from "./identity_files.ts";

const DAY = 86_400_000;
const NOW = Date.now();
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "strait-pki-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test("an identity is made once and read again, keys for the owner alone", async () => {
  const first = await identityFiles(dir, ["127.0.0.1", "localhost"], NOW);
  const second = await identityFiles(dir, ["127.0.0.1"], NOW);
  expect([second.ca, second.server, second.admin]).toEqual([first.ca, first.server, first.admin]);
  expect(statSync(join(dir, "ca.key")).mode & 0o777).toBe(0o600);
});

test("a server's certificate is made anew for another name, and before it expires; the authority stays", async () => {
  const first = await identityFiles(dir, ["127.0.0.1"], NOW);
  const named = await identityFiles(dir, ["127.0.0.1", "fd00::1", "broker.example.com"], NOW);
  expect(named.server.cert).not.toBe(first.server.cert);
  const host = await identityFiles(dir, ["fd00::1", "other.example.com"], NOW);
  expect(new X509Certificate(host.server.cert).checkHost("other.example.com")).toBe("other.example.com");
  const later = await identityFiles(dir, ["127.0.0.1"], NOW + 300 * DAY);
  expect([later.server.cert, later.admin.cert]).not.toContain(named.server.cert);
  expect(later.admin.cert).not.toBe(first.admin.cert);
  expect(later.ca).toBe(first.ca);
  const certificate = new X509Certificate(named.server.cert);
  expect([certificate.checkIP("fd00::1"), certificate.checkHost("broker.example.com")]).toEqual([
    "fd00::1",
    "broker.example.com",
  ]);
});

test("a client's certificate says who it is and which groups it has", async () => {
  const identity = await identityFiles(dir, ["127.0.0.1"], NOW);
  const { cert } = await identity.client("system:node:n1", ["system:nodes", "more"], 1);
  const certificate = new X509Certificate(cert);
  expect(certificate.subject.split("\n")).toEqual(["O=system:nodes", "O=more", "CN=system:node:n1"]);
  expect(certificate.verify(new X509Certificate(identity.ca).publicKey)).toBe(true);
  expect(Date.parse(certificate.validTo)).toBeLessThan(NOW + 2 * DAY);
});

test("an authority whose key is gone is not replaced in silence", async () => {
  const { ca } = await identityFiles(dir, ["127.0.0.1"], NOW);
  rmSync(join(dir, "ca.key"));
  await expect(identityFiles(dir, ["127.0.0.1"], NOW)).rejects.toThrow("ca.key is gone: put it back from a backup");
  expect(readFileSync(join(dir, "ca.crt"), "utf8")).toBe(ca);
});
