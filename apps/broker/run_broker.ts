// SPDX-License-Identifier: Apache-2.0
import { mkdirSync } from "node:fs";
import { Log, serveStatus } from "@strait/obs";
import { type BrokerOptions, helpText, identity, readOptions } from "./config.ts";
import { BrokerReport } from "./status.ts";
import { type RunningBroker, startBroker } from "./wire.ts";

/** Exit codes: ended as asked; it cannot run here; a flag is wrong. */
const EXIT = { ok: 0, failed: 1, refused: 2 } as const;

/**
 * The broker, until a signal ends it.
 *
 * @returns exit code: 0 ended as asked, 1 it cannot run here, 2 a flag or the environment is wrong
 * @example
 * process.exit(await runBroker(process.argv.slice(2), process.env));
 */
export async function runBroker(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<number> {
  const options = readOptions(argv, env);
  if (!options.ok) {
    process.stderr.write(`${identity.name}: ${options.reason}\n`);
    return EXIT.refused;
  }
  if (options.value.action === "run") return run(options.value);
  process.stdout.write(options.value.action === "help" ? helpText() : `${identity.name} ${identity.version}\n`);
  return EXIT.ok;
}

async function run(options: BrokerOptions): Promise<number> {
  const log = new Log({ level: options.log, fields: { app: identity.name } });
  const report = new BrokerReport(log);
  const asked = Promise.withResolvers<string>();
  const signals = (["SIGTERM", "SIGINT"] as const).map((name) => {
    const listener = () => asked.resolve(name);
    process.once(name, listener);
    return () => process.off(name, listener);
  });
  let broker: RunningBroker | undefined;
  let ends: (() => Promise<void>) | undefined;
  try {
    // Keys lie here: nobody else may look.
    mkdirSync(options.data, { recursive: true, mode: 0o700 });
    const status = await serveStatus(report.app(), options.status);
    if (!status.ok) {
      log.error("cannot start", { reason: status.reason });
      return EXIT.failed;
    }
    ends = () => status.value.stop();
    broker = await startBroker(options, log, report.onRefused);
    report.follow(broker);
    const { server, kubeconfig } = broker;
    log.info("serving", { url: server.url, status: status.value.at, namespace: options.namespace, kubeconfig });
    const signal = await asked.promise;
    log.info("stopping; clusters go on with what they know", { signal });
    return EXIT.ok;
  } catch (error) {
    log.error("cannot run", { reason: error instanceof Error ? error.message : String(error) });
    return EXIT.failed;
  } finally {
    await report.stop();
    await broker?.stop();
    await ends?.();
    for (const off of signals) off();
  }
}
