// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { Log } from "@strait/obs";
import { authenticate } from "./auth/authenticate.ts";
import { authorize } from "./auth/authorize.ts";
import { escalation } from "./auth/escalation.ts";
import { Rbac } from "./auth/rbac.ts";
import { reviewHandler, reviewTypes } from "./auth/reviews.ts";
import { ServiceAccountTokens } from "./auth/service_accounts.ts";
import { TokenIssuer } from "./auth/token_issuer.ts";
import { bootstrap } from "./controllers/bootstrap.ts";
import { followDefinitions } from "./controllers/custom_types.ts";
import { startControllers } from "./controllers/start_controllers.ts";
import { Discovery } from "./discovery/discovery.ts";
import { apiApp } from "./http/api_app.ts";
import { auditLog } from "./http/audit_log.ts";
import { listen } from "./http/listener.ts";
import { builtInTypes } from "./kinds/built_in.ts";
import { TypeRegistry } from "./kinds/type_registry.ts";
import type { Admission, Api } from "./resources/scope.ts";
import { ObjectStore } from "./store/object_store.ts";
import { identityFiles } from "./tls/identity_files.ts";
import type { KeyPair } from "./tls/issue.ts";
import { WatchHub } from "./watch/watch_hub.ts";

export interface ApiServerOptions {
  /** Objects, keys and certificates; nobody else writes here. */
  readonly dataDir: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** DNS names and addresses under which clients reach the server. The first one goes into kubeconfigs. */
  readonly names: readonly string[];
  /** Ranges of Service addresses, the primary family first. */
  readonly serviceCidrs?: readonly string[];
  /** "broker" serves only what an exchange of objects needs. */
  readonly profile: "cluster" | "broker";
  readonly log?: Log;
  /** Rules of the embedder, asked before every write. */
  readonly admission?: Admission;
  readonly now?: () => number;
  readonly bookmarkMs?: number;
  /** How many writes a watch may lag behind before it has to list again; 10 000 when absent. */
  readonly historyLimit?: number;
  /** The objects and their history grow to this many bytes at most; as large as the disk when absent. */
  readonly maxBytes?: number;
  /** A reader that takes nothing for this long is cut; 30 000 when absent. */
  readonly stuckMs?: number;
  /** A file that gets a line for each request of a pod's account; see {@linkcode auditLog}. */
  readonly auditLog?: string;
}

export interface ApiServer {
  /** "https://127.0.0.1:6443" */
  readonly url: string;
  /** PEM of the authority. */
  readonly ca: string;
  /** Kubeconfig of the administrator, who authenticates by client certificate. */
  kubeconfig(): string;
  /** Signs a client certificate. */
  issueClient(commonName: string, organizations: readonly string[], days?: number): Promise<KeyPair>;
  /** Ends watches and connections, finishes writes, closes the store. */
  stop(): Promise<void>;
}

/** How often certificates are looked at: they have months left when they are renewed. */
const RENEWAL_MS = 12 * 3_600_000;

const VERSION = {
  major: "1",
  minor: "34",
  gitVersion: "v1.34.0+strait",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "2026-01-01T00:00:00Z",
  goVersion: "none",
  compiler: "bun",
  platform: `linux/${process.arch === "arm64" ? "arm64" : "amd64"}`,
};

/** Starts an API server. @throws Error where the port is taken or the data cannot be read. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { dataDir, profile, log = new Log({ level: "warn" }), now = Date.now } = options;
  const names = options.names.length > 0 ? options.names : [options.listen.host];
  const pki = join(dataDir, "pki");
  let identity = await identityFiles(pki, names, now());
  const store = new ObjectStore(join(dataDir, "objects.sqlite"), {
    durability: profile === "broker" ? "power" : "process",
    ...(options.historyLimit !== undefined && { historyLimit: options.historyLimit }),
    ...(options.maxBytes !== undefined && { maxBytes: options.maxBytes }),
  });
  const types = new TypeRegistry(builtInTypes(profile));
  const rbac = new Rbac(store);
  const tokens = new ServiceAccountTokens(store, new TokenIssuer(identity.tokenKey), now);
  const admission: Admission[] = [(request) => escalation(rbac, request), ...(options.admission ? [options.admission] : [])];
  const api: Api = { store, types, log, now, admission, allows: (user, access) => rbac.allows(user, access) };
  const hub = new WatchHub(store);
  const unfollow = followDefinitions(api);
  const ending = new AbortController();
  const app = apiApp({
    serving: { api, hub, signal: ending.signal, bookmarkMs: options.bookmarkMs ?? 60_000 },
    tokens,
    discovery: new Discovery(types, reviewTypes),
    guard: {
      authenticate: (request, peer) => authenticate({ tokens, rbac, now }, request.headers, peer),
      authorize: (user, info) => authorize(rbac, user, info),
    },
    special: [reviewHandler(rbac, tokens)],
    ...(options.auditLog !== undefined && { answered: auditLog(options.auditLog) }),
    // Who asks may want to know whether this server has rules of its own, as the embedded broker has.
    version: options.admission ? { ...VERSION, gitVersion: `${VERSION.gitVersion}.broker` } : VERSION,
  });
  const listening = await listen({
    ...options.listen,
    ca: identity.ca,
    server: identity.server,
    log,
    ...(options.stuckMs !== undefined && { stuckMs: options.stuckMs }),
    handle: async (request, peer) => await app.fetch(request, { peer }),
  });
  bootstrap(api, { profile, serviceCidrs: options.serviceCidrs ?? [], names, port: listening.port });
  const renewal = setInterval(() => {
    identityFiles(pki, names, now()).then(
      (current) => {
        if (current.server.cert === identity.server.cert) return;
        listening.renew(current.server);
        identity = current;
        log.info("the server's certificate was renewed");
      },
      (error: unknown) => log.warn("the server's certificate cannot be renewed", { error }),
    );
  }, RENEWAL_MS);
  const controllers = startControllers(api, tokens, identity.ca);
  const [host = options.listen.host] = names;
  const url = `https://${host.includes(":") ? `[${host}]` : host}:${listening.port}`;
  return {
    url,
    ca: identity.ca,
    kubeconfig: () => kubeconfig(url, identity.ca, identity.admin),
    issueClient: (commonName, organizations, days) => identity.client(commonName, organizations, days),
    stop: async () => {
      ending.abort();
      clearInterval(renewal);
      await listening.stop();
      controllers.stop();
      unfollow();
      rbac.close();
      hub.close();
      store.close();
    },
  };
}

function kubeconfig(server: string, ca: string, { cert, key }: KeyPair): string {
  const data = (text: string) => Buffer.from(text).toString("base64");
  return Bun.YAML.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "strait", cluster: { server, "certificate-authority-data": data(ca) } }],
      users: [{ name: "admin", user: { "client-certificate-data": data(cert), "client-key-data": data(key) } }],
      contexts: [{ name: "strait", context: { cluster: "strait", user: "admin" } }],
      "current-context": "strait",
    },
    null,
    2,
  );
}
