// SPDX-License-Identifier: Apache-2.0
/**
 * Reads the JUnit report of `bun test` one test at a time, with the groups each stands in.
 *
 * @module
 */

/** One test of a report. */
export interface TestOutcome {
  /** Groups and name, joined by " > ", as `bun test` prints them. */
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it failed; empty otherwise. */
  readonly detail: string;
}

/** One test of a report that may hold several files. */
export interface ReportedTest extends TestOutcome {
  /** The test file, as `bun test` was given it but without "./". */
  readonly file: string;
}

const TOKEN = /<testsuite\b([^>]*?)(\/?)>|<\/testsuite>|<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * Lists the tests of a report in order.
 *
 * @example
 * readOutcomes(await Bun.file("report.xml").text()).filter((test) => test.outcome === "failed");
 */
export function readOutcomes(xml: string): ReportedTest[] {
  const groups: string[] = [];
  const outcomes: ReportedTest[] = [];
  for (const [token, suite, selfClosed, attributes, body = ""] of xml.matchAll(TOKEN)) {
    if (token === "</testsuite>") groups.pop();
    else if (suite !== undefined) {
      // The outermost suite of a file is named after the file: that is no group of a test.
      if (!selfClosed) groups.push(attribute(suite, "line") === "" ? "" : attribute(suite, "name"));
    } else if (attributes !== undefined) {
      const file = attribute(attributes, "file");
      const name = [...groups.filter(Boolean), attribute(attributes, "name")].join(" > ");
      const failure = /<(?:failure|error)\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:failure|error)>)/.exec(body);
      if (failure)
        outcomes.push({
          file,
          name,
          outcome: "failed",
          detail: plain(failure[2] ?? "") || attribute(failure[1] ?? "", "message"),
        });
      else outcomes.push({ file, name, outcome: body.includes("<skipped") ? "skipped" : "passed", detail: "" });
    }
  }
  return outcomes;
}

function attribute(text: string, name: string): string {
  return plain(new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(text)?.[1] ?? "");
}

function plain(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    return decimal ? String.fromCodePoint(Number(decimal)) : (ENTITIES[name] ?? whole);
  });
}
