// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test } from "bun:test";
import { ApiClient, ApiError, type Connection, PodKind } from "./mod.ts";
import { FakeApiServer, FakeTimers, failure, silence, until, webPage } from "./testing/mod.ts";

const servers: FakeApiServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

function serve(): FakeApiServer {
  const server = new FakeApiServer();
  servers.push(server);
  return server;
}

/** What a request fails with. */
async function failureOf(work: Promise<unknown>): Promise<ApiError> {
  const error = await work.then(
    () => undefined,
    (one: unknown) => one,
  );
  if (error instanceof ApiError) return error;
  throw new Error(`expected an ApiError, got ${String(error)}`);
}

const list = (connection: Connection) => new ApiClient(connection).resource(PodKind).list();

test("a client names verb, object, HTTP status, the server's reason and its complaint in one sentence", async () => {
  const server = serve();
  server.intercept = () => failure(403, "Forbidden", 'pods is forbidden: User "east" cannot list');
  const error = await failureOf(list(server.connection()));
  expect(error).toMatchObject({ verb: "list", object: "pods", status: 403, reason: "Forbidden" });
  expect(error.message).toBe(`cannot list pods at ${server.url}: Forbidden: pods is forbidden: User "east" cannot list`);
});

test("a client hands on the fields that the server complained about", async () => {
  const server = serve();
  const causes = [{ reason: "FieldValueInvalid", message: "must be a CIDR", field: "spec.subnets[0]" }];
  server.intercept = () =>
    Response.json({ kind: "Status", code: 422, reason: "Invalid", message: "is invalid", details: { causes } }, { status: 422 });
  expect((await failureOf(list(server.connection()))).causes).toEqual(causes);
});

const answers: readonly [what: string, make: () => Response, reason: string, says: string][] = [
  ["a web page with status 200", () => webPage(), "NotKubernetes", "a web page (HTML)"],
  ["a web page with status 404", () => webPage(404), "NotKubernetes", "a web page (HTML)"],
  ["a web page with status 401", () => webPage(401), "NotKubernetes", "a web page (HTML)"],
  [
    "plain text with status 200",
    () => new Response("ok", { headers: { "content-type": "text/plain" } }),
    "NotKubernetes",
    "text/plain",
  ],
  ["JSON that is no list", () => Response.json([1]), "Malformed", "the answer is no list"],
  [
    "truncated JSON",
    () => new Response('{"items":[{"met', { headers: { "content-type": "application/json" } }),
    "Malformed",
    "cut off",
  ],
  ["a redirect", () => new Response("", { status: 302, headers: { location: "/login" } }), "NotKubernetes", "HTTP 302"],
  ["the plain 401 of a front door", () => new Response("Unauthorized", { status: 401 }), "Unauthorized", "401 Unauthorized"],
  ["a bare 503", () => new Response("", { status: 503 }), "ServiceUnavailable", "503"],
  [
    "an API server that does not know the group",
    () => new Response("404 page not found\n", { status: 404, headers: { "content-type": "text/plain; charset=utf-8" } }),
    "NotKubernetes",
    "this kind of objects is not served (yet)",
  ],
  [
    "a JSON 404 of something else",
    () => Response.json({ error: "no route" }, { status: 404 }),
    "NotKubernetes",
    "application/json",
  ],
];

for (const [what, make, reason, says] of answers) {
  test(`a client recognises ${what}`, async () => {
    const server = serve();
    server.intercept = () => make();
    const error = await failureOf(list(server.connection()));
    expect(error.reason).toBe(reason);
    expect(error.message).toContain(says);
    expect(error.message).not.toContain("\n");
  });
}

test("a client believes no stranger's 404: an object is gone only when an API server says so", async () => {
  const server = serve();
  const pods = new ApiClient(server.connection()).resource(PodKind);
  expect(await pods.get("web-0", { namespace: "default" })).toBeUndefined();
  server.intercept = () => webPage(404);
  expect((await failureOf(pods.get("web-0", { namespace: "default" }))).reason).toBe("NotKubernetes");
});

test("a client says that a connection was refused and that a name is not found", async () => {
  const refused = await failureOf(list({ server: "http://127.0.0.1:1", tls: {}, origin: "a test" }));
  expect(refused).toMatchObject({ reason: "Transport", status: undefined });
  expect(refused.message).toContain("the connection was refused");
  const unknown = await failureOf(list({ server: "http://no-such-host.invalid", tls: {}, origin: "a test" }));
  expect(unknown.reason).toBe("Transport");
  expect(unknown.message).toContain("name");
});

test("a client says that an answer ended in the middle", async () => {
  const server = serve();
  server.intercept = () => {
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('{"items":['));
        controller.close();
      },
    });
    return new Response(stream, { headers: { "content-type": "application/json" } });
  };
  const error = await failureOf(list(server.connection()));
  expect(error.reason).toBe("Malformed");
});

test("a client waits for a whole answer only so long", async () => {
  const server = serve();
  server.intercept = silence;
  const client = new ApiClient(server.connection(), { requestTimeoutMs: 30 });
  const error = await failureOf(client.resource(PodKind).list());
  expect(error.reason).toBe("Transport");
  expect(error.message).toContain("no answer within 0.03 s");
});

test("a client uses no kept connection after one was dead, for the others may be too", async () => {
  const server = serve();
  const timers = new FakeTimers();
  const client = new ApiClient(server.connection(), { timers });
  const kept = await Promise.all([1, 2, 3].map(() => client.version())).then(() => server.requests.map(({ port }) => port));
  await client.version();
  expect(kept).toContain(server.requests.at(-1)?.port ?? 0);
  server.intercept = silence;
  const unanswered = failureOf(client.version());
  await until("the request", () => server.requests.length === 5);
  await timers.advance(30_000);
  expect((await unanswered).message).toContain("no answer within 30 s");
  server.intercept = () => undefined;
  await client.version();
  expect(kept).not.toContain(server.requests.at(-1)?.port ?? 0);
  await client.version();
  expect(server.requests).toHaveLength(7);
});

test("a client stops with the caller's own reason when it is called off", async () => {
  const server = serve();
  server.intercept = silence;
  const controller = new AbortController();
  const work = new ApiClient(server.connection()).resource(PodKind).list({ signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(work).rejects.toThrow("enough");
});

test("a client refuses an answer that would fill the memory", async () => {
  const server = serve();
  server.objects(PodKind).fill([{ metadata: { name: "a", namespace: "b", annotations: { big: "x".repeat(5000) } } }]);
  const client = new ApiClient(server.connection(), { maxBytes: 2000 });
  const error = await failureOf(client.resource(PodKind).list({ limit: 1 }));
  expect(error.reason).toBe("TooLarge");
});

test("a client asks again after the time the server names, a few times", async () => {
  const server = serve();
  const timers = new FakeTimers();
  let refusals = 2;
  server.intercept = () => (refusals-- > 0 ? failure(429, "TooManyRequests", "slow down", { "retry-after": "3" }) : undefined);
  const client = new ApiClient(server.connection(), { timers });
  let done = false;
  const work = client.version().then(() => {
    done = true;
  });
  for (let passed = 0; !done && passed < 2000; passed++) {
    // Requests take real time; fake time passes only while the client waits for it.
    if (timers.waiting.includes(3000)) await timers.advance(3000);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await work;
  expect(server.requests).toHaveLength(3);
  expect(timers.now()).toBe(6000);
});

test("a client leaves a long wait to its caller, and tells how long", async () => {
  const server = serve();
  server.intercept = () => failure(503, "ServiceUnavailable", "starting", { "retry-after": "120" });
  const error = await failureOf(list(server.connection()));
  expect(error).toMatchObject({ status: 503, retryAfterMs: 120_000 });
  expect(server.requests).toHaveLength(1);
});

test.each<[string, Record<string, string>, number]>([
  ["a header", { "retry-after": "99999999999" }, 0],
  ["a date", { "retry-after": "Fri, 31 Dec 2100 23:59:59 GMT" }, 0],
  ["details", {}, 99_999_999_999],
])("a client takes years that a server asks for in %s for five minutes", async (_, headers, retryAfterSeconds) => {
  const server = serve();
  const status = { kind: "Status", code: 503, reason: "ServiceUnavailable", message: "later", details: { retryAfterSeconds } };
  server.intercept = () => Response.json(status, { status: 503, headers });
  const error = await failureOf(list(server.connection()));
  expect(error).toMatchObject({ status: 503, retryAfterMs: 300_000 });
});

test("a client renews credentials that were refused, once", async () => {
  const server = serve();
  let token = "old";
  server.intercept = ({ headers }) =>
    headers.get("authorization") === "Bearer new" ? undefined : failure(401, "Unauthorized", "Unauthorized");
  const connection = { ...server.connection(), token: async () => token, forget: () => (token = "new") };
  await new ApiClient(connection as Connection).version();
  expect(server.requests).toHaveLength(2);
  token = "old";
  const signal = new AbortController().signal;
  const stream = await new ApiClient(connection as Connection).stream({
    method: "GET",
    path: "/api/v1/pods",
    query: { watch: true },
    signal,
  });
  stream.end();
  expect(server.requests).toHaveLength(4);
  const stubborn = { ...server.connection(), token: async () => "old", forget: () => {} };
  expect((await failureOf(new ApiClient(stubborn).version())).reason).toBe("Unauthorized");
  expect(server.requests).toHaveLength(6);
});

test("a client says why it has no credentials", async () => {
  const server = serve();
  const token = () => Promise.reject(new Error("the credential plugin is not found: install it"));
  const error = await failureOf(list({ ...server.connection(), token }));
  expect(error.reason).toBe("Credentials");
  expect(error.message).toContain("the credential plugin is not found: install it");
  expect(server.requests).toHaveLength(0);
});

test("a client tells the server's version", async () => {
  expect(await new ApiClient(serve().connection()).version()).toMatchObject({ gitVersion: "v1.34.0-fake" });
});

test("a closed client ends what is under way", async () => {
  const server = serve();
  server.intercept = silence;
  const client = new ApiClient(server.connection());
  const work = failureOf(client.version());
  client.close();
  expect((await work).message).toContain("closed");
});
