// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { Log } from "@strait/obs";
import { type Identity, identityFiles } from "../tls/identity_files.ts";
import type { KeyPair } from "../tls/issue.ts";
import { type Listening, listen, type Peer } from "./listener.ts";

let dir: string;
let identity: Identity;
let stranger: Identity;
let listening: Listening;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "strait-listener-"));
  identity = await identityFiles(join(dir, "a"), ["127.0.0.1"], Date.now());
  stranger = await identityFiles(join(dir, "b"), ["127.0.0.1"], Date.now());
  const handle = (_request: Request, peer: Peer) => Promise.resolve(Response.json(peer));
  const log = new Log({ level: "error" });
  listening = await listen({ host: "127.0.0.1", port: 0, ca: identity.ca, server: identity.server, log, handle });
});
afterAll(async () => {
  await listening.stop(0);
  rmSync(dir, { recursive: true, force: true });
});

async function peerOf(client?: KeyPair): Promise<Peer> {
  const tls = { ca: identity.ca, ...client };
  return (await fetch(`https://127.0.0.1:${listening.port}/`, { tls } as RequestInit)).json() as Promise<Peer>;
}

test("a listener tells who a client certificate of the authority names", async () => {
  const { certificate, rejected } = await peerOf(await identity.client("jane", ["one", "two"]));
  expect([certificate?.commonName, certificate?.organizations, rejected]).toEqual(["jane", ["one", "two"], undefined]);
  expect(certificate?.notAfter).toBeGreaterThan(Date.now());
});

test("a listener tells that a client sent none, and why one is not accepted", async () => {
  expect(await peerOf()).toEqual({});
  const foreign = await peerOf(await stranger.client("jane", ["system:masters"]));
  expect([foreign.certificate, typeof foreign.rejected]).toEqual([undefined, "string"]);
  const expired = await peerOf(await identity.client("jane", ["system:masters"], -0.5));
  expect([expired.certificate, expired.rejected]).toEqual([undefined, "CERT_HAS_EXPIRED"]);
});

test("a listener shows a renewed certificate to new connections, and still tells who asks", async () => {
  const names = () =>
    new Promise<string>((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port: listening.port, ca: identity.ca }, () => {
        resolve(String(socket.getPeerCertificate().subjectaltname));
        socket.end();
      });
      socket.on("error", reject);
    });
  expect(await names()).toBe("IP Address:127.0.0.1");
  listening.renew((await identityFiles(join(dir, "a"), ["127.0.0.1", "renewed.example.com"], Date.now())).server);
  expect(await names()).toBe("IP Address:127.0.0.1, DNS:renewed.example.com");
  expect((await peerOf(identity.admin)).certificate?.commonName).toBe("system:admin");
});
