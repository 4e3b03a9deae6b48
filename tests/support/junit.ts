// SPDX-License-Identifier: Apache-2.0
/** Reads the JUnit report that `bun test` writes. */

export interface Report {
  readonly passed: number;
  readonly failed: number;
  /** `file: name` of every skipped test; the name carries the reason (see libs/testkit). */
  readonly skipped: readonly string[];
  /** Files with at least one test in the report. */
  readonly files: ReadonlySet<string>;
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const plain = (text: string) =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    return decimal ? String.fromCodePoint(Number(decimal)) : (entities[name] ?? whole);
  });

/** Sums the test cases of a report. Nested suites need no care: every case names its file. */
export function readJunit(xml: string): Report {
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  const files = new Set<string>();
  for (const [, attributes = "", body = ""] of xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)) {
    const attribute = (name: string) => plain(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? "");
    const file = attribute("file");
    files.add(file);
    if (/<(failure|error)\b/.test(body)) failed += 1;
    else if (/<skipped\b/.test(body)) skipped.push(`${file}: ${attribute("name")}`);
    else passed += 1;
  }
  return { passed, failed, skipped, files };
}
