// SPDX-License-Identifier: Apache-2.0
import { type ClusterFile, PIN_DIR, type Result, refuse } from "@strait/model";
import { formatListen, Log, type LogOptions } from "@strait/obs";
import { type AppSpec, processSystem, type System } from "./app.ts";
import { ConfigWatch } from "./config_watch.ts";
import { appAt, defaultListen } from "./endpoint.ts";
import type { AppParts } from "./extra.ts";
import { forgetLast, lastStatePath, rememberLast } from "./last_state.ts";
import { NodeApp } from "./node_app.ts";
import { helpText, type Options, type RunOptions } from "./options.ts";
import { readConfig } from "./read_config.ts";

/** Exit codes: ended as asked; this node cannot do it; the config or a flag is wrong. */
export const EXIT = { ok: 0, failed: 1, refused: 2 } as const;

/**
 * An app from its command line to its exit code.
 *
 * @example
 * process.exit(await runApp(spec, parseOptions(process.argv.slice(2), process.env)));
 */
export async function runApp(spec: AppSpec, options: Result<Options>, system: System = processSystem()): Promise<number> {
  const { name, version, purpose } = spec;
  if (!options.ok) {
    system.err(`${name}: ${options.reason}\n`);
    return EXIT.refused;
  }
  if (options.value.action === "help") system.out(helpText(name, purpose));
  if (options.value.action === "version") system.out(`${name} ${version}\n`);
  if (options.value.action === "uninstall") return uninstall(spec, system, options.value);
  if (options.value.action === "trace") return trace(spec, system, options.value);
  if (options.value.action === "run") return run(spec, system, options.value);
  return EXIT.ok;
}

function newLog(spec: AppSpec, system: System, { log: level }: Pick<RunOptions, "log">): Log {
  const options: LogOptions = { fields: { app: spec.name }, write: system.err };
  return new Log(level ? { ...options, level } : options);
}

async function run(spec: AppSpec, system: System, options: RunOptions): Promise<number> {
  const log = newLog(spec, system, options);
  const app = new NodeApp(spec, system, { log, options });
  const parts = await partsOf(spec, system, options, app);
  if (!parts) return EXIT.refused;
  const asked = Promise.withResolvers<string>();
  const offs = (["SIGTERM", "SIGINT"] as const).map((name) => system.onSignal(name, () => asked.resolve(name)));
  offs.push(system.onSignal("SIGHUP", () => app.reload("SIGHUP")));
  try {
    const started = await app.start(parts);
    if (!started.ok) {
      log.error("cannot start", { reason: started.reason });
      return EXIT.failed;
    }
    const ended = await Promise.race([asked.promise.then((signal) => ({ signal })), app.failed.then((reason) => ({ reason }))]);
    if ("reason" in ended) {
      log.error("cannot go on", ended);
      return EXIT.failed;
    }
    log.info("stopping; the node goes on forwarding", ended);
    return EXIT.ok;
  } finally {
    await app.stop();
    for (const off of offs) off();
  }
}

/** What the app works by. Undefined where the file or the environment is refused, which is told. */
async function partsOf(spec: AppSpec, system: System, options: RunOptions, app: NodeApp): Promise<AppParts | undefined> {
  if (options.config !== undefined) {
    const config = new ConfigWatch(options.config, { timers: system.timers, parse: readConfig });
    if (config.read() === "accepted") return { source: config, extras: [] };
    for (const reason of config.reasons) system.err(`${reason}\n`);
    return undefined;
  }
  const parts = spec.kubernetes ? await spec.kubernetes(app.context) : refuse("it cannot run in Kubernetes: say --config FILE");
  if (parts.ok) {
    const { source, extras } = parts.value;
    const { timers, env } = system;
    const log = newLog(spec, system, options);
    return { source: rememberLast(source, lastStatePath(spec.name, env), { timers, log }), extras };
  }
  system.err(`${spec.name}: ${parts.reason}\n`);
  return undefined;
}

async function uninstall(spec: AppSpec, system: System, options: Partial<RunOptions>): Promise<number> {
  const log = newLog(spec, system, options);
  const pinned = whereFrom(spec, system, options.config);
  if (!pinned) return EXIT.refused;
  const { pinDir, file } = pinned;
  const listen = options.listen ?? file?.listen ?? defaultListen(spec.name);
  if ((await appAt(listen)) === spec.name) {
    log.error("cannot uninstall", { reason: `${spec.name} runs and answers on ${formatListen(listen)}: stop it first` });
    return EXIT.failed;
  }
  try {
    const { objectPath } = options;
    const { removed } = await spec.wiring.uninstall({
      pinDir,
      owner: spec.owner,
      ...(objectPath !== undefined && { objectPath }),
      log,
    });
    // Apps that work by a file keep nothing else. The agent, which is on every node, leaves for both.
    const apps = options.config !== undefined ? [] : spec.owner === "agent" ? ["gateway", "routeagent"] : [spec.name];
    const files = forgetLast(apps, system.env);
    for (const object of [...removed, ...files]) log.info("removed", { object });
    log.info("uninstalled", { removed: removed.length + files.length });
    return EXIT.ok;
  } catch (error) {
    log.error("cannot uninstall", { reason: error instanceof Error ? error.message : String(error) });
    return EXIT.failed;
  }
}

async function trace(spec: AppSpec, system: System, options: Partial<RunOptions>): Promise<number> {
  const log = newLog(spec, system, options);
  const pinned = whereFrom(spec, system, options.config);
  if (!pinned) return EXIT.refused;
  const ended = new AbortController();
  const offs = (["SIGTERM", "SIGINT"] as const).map((name) => system.onSignal(name, () => ended.abort()));
  const print = (line: string): boolean => system.out(`${line}\n`);
  try {
    await spec.wiring.trace({ pinDir: pinned.pinDir, signal: ended.signal, print });
    return EXIT.ok;
  } catch (error) {
    log.error("cannot trace", { reason: error instanceof Error ? error.message : String(error) });
    return EXIT.failed;
  } finally {
    for (const off of offs) off();
  }
}

/** Where what is ours is pinned: the file tells, where one is given. Undefined where it is refused, which is told. */
function whereFrom(spec: AppSpec, system: System, path: string | undefined): { pinDir: string; file?: ClusterFile } | undefined {
  if (path === undefined) return { pinDir: system.env["STRAIT_PIN_DIR"] || PIN_DIR };
  const config = new ConfigWatch(path, { timers: system.timers, parse: readConfig });
  if (config.read() === "accepted" && config.file) return { pinDir: config.file.pinDir ?? PIN_DIR, file: config.file };
  for (const reason of config.reasons) system.err(`${reason}\n`);
  system.err(`${spec.name}: the file tells where the objects are pinned; without --config it is ${PIN_DIR}\n`);
  return undefined;
}
