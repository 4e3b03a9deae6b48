// SPDX-License-Identifier: Apache-2.0
import { afterAll, expect, test } from "bun:test";
import { ApiClient, ApiError, type TlsOptions } from "./mod.ts";
import { FakeApiServer, TestAuthority, type TestCertificateOptions } from "./testing/mod.ts";

const authority = TestAuthority.make();
const stranger = TestAuthority.make();
const servers: FakeApiServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.stop();
});

async function outcome(certificate: TestCertificateOptions, tls: TlsOptions): Promise<ApiError | string> {
  const server = new FakeApiServer({ tls: authority.issue(certificate) });
  servers.push(server);
  const client = new ApiClient({ ...server.connection(), tls });
  try {
    return (await client.version()).gitVersion;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

const good: readonly [what: string, certificate: TestCertificateOptions, tls: () => TlsOptions][] = [
  ["signed by the authority we trust", {}, () => ({ ca: authority.ca })],
  ["with a name we were told to expect", { names: "DNS:kubernetes" }, () => ({ ca: authority.ca, serverName: "kubernetes" })],
  ["of whatever kind when it is not to be checked", { names: "DNS:x", from: -9, until: -8 }, () => ({ insecure: true })],
  ["while showing its own", {}, () => clientTls()],
];

function clientTls(): TlsOptions {
  const { cert, key } = authority.issue({ names: "DNS:client" });
  return { ca: authority.ca, cert, key };
}

for (const [what, certificate, tls] of good) {
  test(`a client accepts a certificate ${what}`, async () => {
    expect(await outcome(certificate, tls())).toBe("v1.34.0-fake");
  });
}

const NOT_SIGNED = "not signed by the authority we trust";
const bad: readonly [what: string, certificate: TestCertificateOptions, tls: () => TlsOptions, says: string, reason?: string][] =
  [
    ["that has expired", { from: -9, until: -8 }, () => ({ ca: authority.ca }), "has expired"],
    ["that is not valid yet, as with a clock that is behind", { from: 1 }, () => ({ ca: authority.ca }), "not valid yet"],
    ["for another name", { names: "DNS:else.where" }, () => ({ ca: authority.ca }), "for another name"],
    ["of another authority", {}, () => ({ ca: stranger.ca }), NOT_SIGNED, "UnknownAuthority"],
    ["of an authority the system does not know", {}, () => ({}), NOT_SIGNED, "UnknownAuthority"],
  ];

for (const [what, certificate, tls, says, reason = "Certificate"] of bad) {
  test(`a client refuses a certificate ${what} and says so`, async () => {
    const error = await outcome(certificate, tls());
    expect(error).toMatchObject({ reason, status: undefined });
    expect((error as ApiError).message).toContain(says);
  });
}

test("a client says so where the server speaks no TLS", async () => {
  const server = new FakeApiServer();
  servers.push(server);
  const client = new ApiClient({ server: server.url.replace("http:", "https:"), tls: {}, origin: "a test" });
  const error = await client.version().catch((one: unknown) => one);
  expect(error).toMatchObject({ reason: "Transport" });
  expect((error as ApiError).message).toContain("TLS handshake failed");
});
