// SPDX-License-Identifier: Apache-2.0
/**
 * The API server as a process of its own, for the lab and for tests:
 * `bun run libs/apiserver/main.ts --data DIR --listen HOST:PORT --name SAN… --service-cidr CIDR… --kubeconfig-out FILE`.
 *
 * @module
 */
import { renameSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Log } from "@strait/obs";
import { startApiServer } from "./start_api_server.ts";

const USAGE = `usage: main.ts --data DIR --listen HOST:PORT [--name NAME_OR_ADDRESS…] [--service-cidr CIDR…]
               [--kubeconfig-out FILE] [--profile cluster|broker] [--history CHANGES] [--audit-log FILE]
               [--log debug|info|warn|error]\n`;

function refused(reason: string): never {
  process.stderr.write(`apiserver: ${reason}\n${USAGE}`);
  process.exit(2);
}

function flags() {
  try {
    return parseArgs({
      options: {
        data: { type: "string" },
        listen: { type: "string", default: "127.0.0.1:6443" },
        name: { type: "string", multiple: true, default: [] },
        "service-cidr": { type: "string", multiple: true, default: [] },
        "kubeconfig-out": { type: "string" },
        profile: { type: "string", default: "cluster" },
        history: { type: "string" },
        "audit-log": { type: "string" },
        log: { type: "string", default: "info" },
      },
    }).values;
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}

const values = flags();
const { data: dataDir, profile, log: level } = values;
if (!dataDir) refused("--data is missing: name the folder of the server's data");
if (profile !== "cluster" && profile !== "broker") refused(`--profile ${profile} is unknown`);
if (level !== "debug" && level !== "info" && level !== "warn" && level !== "error") refused(`--log ${level} is unknown`);
const history = values.history === undefined ? undefined : Number(values.history);
if (history !== undefined && !(Number.isInteger(history) && history > 0))
  refused(`--history ${values.history} is no number of changes`);
const colon = values.listen.lastIndexOf(":");
const host = values.listen.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
const port = Number(values.listen.slice(colon + 1));
if (colon < 1 || !Number.isInteger(port) || port < 0 || port > 65535) refused(`--listen ${values.listen} is no HOST:PORT`);

const log = new Log({ level, fields: { app: "apiserver" } });
const server = await startApiServer({
  dataDir,
  listen: { host, port },
  names: values.name,
  serviceCidrs: values["service-cidr"],
  profile,
  ...(history !== undefined && { historyLimit: history }),
  ...(values["audit-log"] !== undefined && { auditLog: values["audit-log"] }),
  log,
}).catch((error: unknown) => {
  log.error("cannot start", { error });
  process.exit(1);
});
const out = values["kubeconfig-out"];
if (out) {
  // Whoever waits for the file must never see half of it.
  writeFileSync(`${out}.new`, server.kubeconfig(), { mode: 0o600 });
  renameSync(`${out}.new`, out);
}
log.info("serving", { url: server.url });
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error("cannot stop cleanly", { error });
        process.exit(1);
      },
    );
  });
}
