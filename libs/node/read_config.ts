// SPDX-License-Identifier: Apache-2.0
import { type ClusterFile, parseClusterFile } from "@strait/model";
import type { Parsed } from "./config_watch.ts";

/**
 * Reads a config's text for an app that may run already: each reason becomes `PATH:LINE: reason`, and what cannot change in a
 * running app is refused.
 *
 * @example
 * readConfig("cluster: East", "/etc/strait.yaml", undefined) // reasons: ["/etc/strait.yaml:1: \"East\" is no cluster id: …"]
 */
export function readConfig(text: string, path: string, current: ClusterFile | undefined): Parsed {
  const parsed = parseClusterFile(text);
  if (!parsed.ok) return { ok: false, reasons: parsed.reasons.map(({ line, reason }) => `${path}:${line}: ${reason}`) };
  const file = parsed.value;
  if (current && current.pinDir !== file.pinDir) {
    // The maps of the old place would stay in force without anybody to keep them.
    const line = text.split("\n").findIndex((one) => one.includes("pinDir")) + 1;
    return {
      ok: false,
      reasons: [`${path}:${Math.max(line, 1)}: pinDir cannot change from ${current.pinDir} in a running app: restart it`],
    };
  }
  return { ok: true, file };
}
