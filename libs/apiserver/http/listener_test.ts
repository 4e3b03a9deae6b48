// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectPlain } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { Log } from "@strait/obs";
import { type Identity, identityFiles } from "../tls/identity_files.ts";
import type { KeyPair } from "../tls/issue.ts";
import { type Listening, listen, type Peer } from "./listener.ts";

let dir: string;
let identity: Identity;
let stranger: Identity;
let listening: Listening;
let hasty: Listening;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "strait-listener-"));
  identity = await identityFiles(join(dir, "a"), ["127.0.0.1"], Date.now());
  stranger = await identityFiles(join(dir, "b"), ["127.0.0.1"], Date.now());
  const handle = async (request: Request, peer: Peer) => {
    // Longer than the patience below: an answer may take its time.
    if (request.url.endsWith("/slow")) await sleep(1200);
    return Response.json(peer);
  };
  const log = new Log({ level: "error" });
  const { ca, server } = identity;
  const options = { host: "127.0.0.1", port: 0, ca, server, log, handle };
  listening = await listen(options);
  // Long enough for a handshake on a busy machine.
  hasty = await listen({ ...options, patience: { requestMs: 1000, idleMs: 300 } });
});
afterAll(async () => {
  await Promise.all([listening.stop(0), hasty.stop(0)]);
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

const HEAD = "GET / HTTP/1.1\r\nhost: x\r\n";
test.each([
  ["sends nothing", "", 0],
  ["sends half a head", HEAD, 0],
  ["sends half a body", `POST${HEAD.slice(3)}content-length: 9\r\n\r\nabc`, 0],
  ["asks once and then stays", `${HEAD}\r\n`, 1],
])("a listener ends the connection of a client that %s", async (_name, text, answers) => {
  const ended = await new Promise<string>((resolve, reject) => {
    let read = "";
    const socket = connect({ host: "127.0.0.1", port: hasty.port, ca: identity.ca }, () => socket.write(text));
    socket.on("data", (chunk) => {
      read += chunk;
    });
    socket.on("close", () => resolve(read));
    socket.on("error", reject);
  });
  expect(ended.split("HTTP/1.1 200").length - 1).toBe(answers);
});

test("a listener ends the connection of a client that never says hello", async () => {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const socket = connectPlain(hasty.port, "127.0.0.1");
  socket.on("close", (hadError) => resolve(hadError));
  socket.on("error", reject);
  expect(await promise).toBe(false);
});

test("a listener does not end a request whose answer takes long, also where the one before was answered meanwhile", async () => {
  const ended = await new Promise<string>((resolve, reject) => {
    let read = "";
    const socket = connect({ host: "127.0.0.1", port: hasty.port, ca: identity.ca }, () =>
      socket.write(`${HEAD}\r\nGET /slow HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`),
    );
    socket.on("data", (chunk) => {
      read += chunk;
    });
    socket.on("close", () => resolve(read));
    socket.on("error", reject);
  });
  expect(ended.split("HTTP/1.1 200").length - 1).toBe(2);
});
