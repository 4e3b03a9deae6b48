// SPDX-License-Identifier: Apache-2.0
import { StateLog } from "@strait/obs";
import { Hono } from "hono";
import type { ServiceAccountTokens } from "../auth/service_accounts.ts";
import type { User } from "../auth/user.ts";
import type { Discovery } from "../discovery/discovery.ts";
import { OpenApiDocuments } from "../discovery/open_api_documents.ts";
import type { Scope } from "../resources/scope.ts";
import { json, refusal } from "./answer.ts";
import { asYaml } from "./as_yaml.ts";
import type { Answered } from "./audit_log.ts";
import type { Peer } from "./listener.ts";
import { parseAccept, takesJson } from "./media.ts";
import { type RequestInfo, requestInfo } from "./request_info.ts";
import { type Serving, serveResource } from "./serve_resource.ts";
import { serveSubresource } from "./serve_subresource.ts";
import { badRequest, invalidOption, noSuchPath, notSupported, StatusError } from "./status_error.ts";

/** What the app asks of authentication and authorization. Both throw a StatusError to refuse. */
export interface Guard {
  authenticate(request: Request, peer: Peer): User;
  authorize(user: User, info: RequestInfo): void;
}

/** A handler of requests that are no plain resources: reviews, tokens, bindings. Undefined: not mine. */
export type SpecialHandler = (request: Request, info: RequestInfo, user: User) => Promise<Response | undefined>;

export interface AppParts {
  readonly serving: Serving;
  readonly tokens: ServiceAccountTokens;
  readonly discovery: Discovery;
  readonly guard: Guard;
  readonly special: readonly SpecialHandler[];
  readonly version: object;
  /** Told of every request whose user is known. */
  readonly answered?: (answered: Answered) => void;
}

const READS = new Set(["get", "list", "watch"]);

type Env = { Bindings: { peer: Peer }; Variables: { user: User; info: RequestInfo } };

/** All paths of the server. */
export function apiApp({ serving, tokens, discovery, guard, special, version, answered }: AppParts): Hono<Env> {
  const app = new Hono<Env>();
  // A full disk fails every write: one line for all of them.
  const states = new StateLog(serving.api.log);
  app.onError((error) => {
    if (error instanceof StatusError) return refusal(error);
    states.set("writes", error.message, "error", "request failed", { error });
    return refusal(new StatusError(500, "InternalError", `Internal error occurred: ${error.message}`));
  });
  app.notFound(() => refusal(noSuchPath()));
  app.use("*", async (context, next) => {
    const url = new URL(context.req.url);
    const info = requestInfo(context.req.method, url.pathname, url.searchParams);
    const user = guard.authenticate(context.req.raw, context.env.peer);
    const tell = (status: number) => answered?.({ user: user.name, info, uri: url.pathname + url.search, status });
    try {
      guard.authorize(user, info);
    } catch (error) {
      tell(error instanceof StatusError ? error.code : 500);
      throw error;
    }
    context.set("user", user);
    context.set("info", info);
    await next();
    tell(context.res.status);
    if (!READS.has(info.verb) && context.res.ok) states.clear("writes", "requests are served again");
    context.res = await asYaml(context.req.raw, context.res);
  });
  for (const path of ["/healthz", "/readyz", "/livez"]) {
    app.get(path, (context) => context.text("ok"));
    app.get(`${path}/*`, (context) => context.text("ok"));
  }
  app.get("/version", () => json(version));
  app.get("/version/", () => json(version));
  const root = (core: boolean) => (context: { req: { header(name: string): string | undefined } }) => {
    const wanted = parseAccept(context.req.header("accept") ?? null)[0];
    if (wanted?.parameters["as"] !== "APIGroupDiscoveryList" || wanted.parameters["v"] !== "v2") {
      return json(core ? discovery.core() : discovery.groupList());
    }
    const type = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    return json(discovery.aggregated(core), 200, { "content-type": type, vary: "Accept" });
  };
  for (const path of ["/api", "/api/"]) app.get(path, root(true));
  for (const path of ["/apis", "/apis/"]) app.get(path, root(false));
  const documents = new OpenApiDocuments(serving.api.types);
  app.get("/openapi/v2", (context) => openApi(context.req.raw, () => documents.v2()));
  app.get("/openapi/v3", (context) => openApi(context.req.raw, () => documents.index()));
  app.get("/openapi/v3/*", (context) =>
    openApi(context.req.raw, () => documents.v3(context.req.path.slice("/openapi/v3/".length))),
  );
  app.get("/api/v1", () => found(discovery.resourceList("", "v1")));
  app.get("/apis/:group", (context) => found(discovery.group(context.req.param("group"))));
  app.get("/apis/:group/:version", (context) =>
    found(discovery.resourceList(context.req.param("group"), context.req.param("version"))),
  );
  app.all("*", async (context) => {
    const [request, info, user] = [context.req.raw, context.get("info"), context.get("user")];
    for (const handler of special) {
      const response = await handler(request, info, user);
      if (response) return response;
    }
    const warnings: string[] = [];
    const scope = scopeOf(serving, info, user, request, (message) => warnings.push(message));
    const response =
      (await serveSubresource(serving.api, tokens, scope, info.verb, request)) ??
      (await serveResource(serving, scope, info.verb, request));
    for (const warning of warnings) response.headers.append("warning", `299 - ${JSON.stringify(warning)}`);
    return response;
  });
  return app;
}

/** Documents are served as JSON only; clients that prefer protobuf say that they take JSON, too, or ask again. */
function openApi(request: Request, document: () => string | undefined): Response {
  if (!parseAccept(request.headers.get("accept")).some(takesJson))
    throw new StatusError(406, "NotAcceptable", "only the following media types are accepted: application/json");
  const text = document();
  if (text === undefined) throw noSuchPath();
  return new Response(text, { headers: { "content-type": "application/json" } });
}

function found(value: object | undefined): Response {
  if (!value) throw noSuchPath();
  return json(value);
}

function optionsOf(verb: string): Parameters<typeof invalidOption>[0] {
  if (verb === "create") return "CreateOptions";
  if (verb === "update") return "UpdateOptions";
  if (verb === "patch") return "PatchOptions";
  return verb.startsWith("delete") ? "DeleteOptions" : "ListOptions";
}

/** @throws StatusError 404 where the path names no resource that is served, 400 for bad parameters. */
export function scopeOf(
  { api }: Pick<Serving, "api">,
  info: RequestInfo,
  user: User,
  request: Request,
  warn: (message: string) => void,
): Scope {
  const path = info.resource;
  const served = path && api.types.find(path.group, path.version, path.plural);
  if (!path || !served) throw noSuchPath();
  const { type, version } = served;
  const { name, subresource } = path;
  const namespace = type.namespaced ? (path.namespace ?? "") : "";
  if (type.namespaced && !namespace && (name !== undefined || info.verb === "create")) {
    if (info.verb !== "create") throw noSuchPath();
    throw badRequest("an empty namespace may not be set during creation");
  }
  if (!type.namespaced && path.namespace && type.storage !== "namespaces") throw noSuchPath();
  if (
    subresource === "status"
      ? !version.status
      : subresource === "scale"
        ? !version.scale
        : subresource && !type.subresources.includes(subresource)
  )
    throw noSuchPath();
  const query = new URL(request.url).searchParams;
  const dryRun = query.getAll("dryRun");
  if (dryRun.some((value) => value !== "All")) throw invalidOption(optionsOf(info.verb), notSupported("dryRun", dryRun, ["All"]));
  const agent = request.headers.get("user-agent") ?? "unknown";
  return {
    user,
    type,
    version,
    namespace,
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
    query,
    headers: request.headers,
    dryRun: dryRun.length > 0,
    manager: query.get("fieldManager") || (agent.split("/")[0] ?? "unknown"),
    warn,
  };
}
