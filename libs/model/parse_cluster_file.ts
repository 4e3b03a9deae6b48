// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import type { Document, LineCounter } from "yaml";
import type { ClusterFile } from "./cluster_file.ts";
import { clusterFileFaults, type Path } from "./cluster_file_faults.ts";
import { clusterFileSchema } from "./cluster_file_schema.ts";

/** Loaded by the first config that is read: an app in Kubernetes reads none, and it would be a tenth of its memory. */
function yaml(): typeof import("yaml") {
  return require("yaml");
}

/** A reason and the line it is about; lines count from 1. */
export interface LineReason {
  readonly line: number;
  readonly reason: string;
}

/** The config, or everything that is wrong with it, sorted by line. */
export type ParsedClusterFile =
  | { readonly ok: true; readonly value: ClusterFile }
  | { readonly ok: false; readonly reasons: readonly LineReason[] };

/** The line of a value, or, where it is not in the file, of the innermost thing around it. */
function lineOf(document: Document, lines: LineCounter, path: Path): number {
  const { isMap, isNode, isScalar, isSeq } = yaml();
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const step of path) {
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      if (!pair) break;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      next = pair.value;
    } else if (isSeq(node)) {
      next = node.items[Number(step)];
      if (isNode(next)) offset = next.range?.[0] ?? offset;
    } else break;
    node = next;
  }
  return lines.linePos(offset).line;
}

/** The line of the first alias that leads nowhere, else of the first one. */
function aliasLine(document: Document, lines: LineCounter): number {
  const found: { readonly offset: number; readonly leads: boolean }[] = [];
  yaml().visit(document, {
    Alias(_, alias) {
      found.push({ offset: alias.range?.[0] ?? 0, leads: alias.resolve(document) !== undefined });
    },
  });
  const first = found.find((alias) => !alias.leads) ?? found[0];
  return lines.linePos(first?.offset ?? 0).line;
}

function refused(reasons: readonly LineReason[]): ParsedClusterFile {
  return { ok: false, reasons: [...reasons].sort((a, b) => a.line - b.line) };
}

function pathOf(issue: v.BaseIssue<unknown>): Path {
  return (issue.path ?? []).map((item) => item.key as string | number);
}

/**
 * Reads strait.yaml. Total: any text gives a config or reasons, each a sentence that says what to change, with its line.
 * Unknown keys are refused, so that a misspelt one never goes unnoticed.
 *
 * @example
 * const parsed = parseClusterFile(await Bun.file(path).text());
 * if (!parsed.ok) for (const { line, reason } of parsed.reasons) console.error(`${path}:${line}: ${reason}`);
 */
export function parseClusterFile(text: string): ParsedClusterFile {
  const { LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const reasons = document.errors.map(({ message, pos }) => ({
      line: lines.linePos(pos[0]).line,
      reason: `this is no YAML: ${message}`,
    }));
    return refused(reasons);
  }
  if (document.contents === null)
    return refused([{ line: 1, reason: "the file is empty: write at least cluster, node, subnets and nodes" }]);
  let plain: unknown;
  try {
    plain = document.toJS();
  } catch (error) {
    // The library throws on aliases that lead nowhere or multiply without end.
    return refused([{ line: aliasLine(document, lines), reason: `aliases cannot be followed: ${(error as Error).message}` }]);
  }
  const shaped = v.safeParse(clusterFileSchema, plain);
  if (!shaped.success) {
    return refused(shaped.issues.map((issue) => ({ line: lineOf(document, lines, pathOf(issue)), reason: issue.message })));
  }
  const file: ClusterFile = shaped.output;
  const faults = clusterFileFaults(file);
  if (faults.length > 0) return refused(faults.map(({ path, reason }) => ({ line: lineOf(document, lines, path), reason })));
  return { ok: true, value: file };
}
