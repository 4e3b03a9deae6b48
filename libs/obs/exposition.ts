// SPDX-License-Identifier: Apache-2.0

/** Name, meaning and kind of a metric. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
}

/** One value of a metric. A bigint is printed exactly. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | bigint;
}

const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}

function number(value: number | bigint): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}

function line(name: string, { labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, of]) => {
    if (!LABEL.test(label)) throw new TypeError(`"${label}" is no label name (metric ${name})`);
    return `${label}="${escapeValue(of)}"`;
  });
  return `${name}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${number(value)}\n`;
}

/**
 * HELP, TYPE and samples of one metric in the Prometheus text format 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/).
 *
 * @throws TypeError where a label name is not one.
 * @example
 * renderFamily({ name: "up", help: "Whether.", type: "gauge" }, [{ labels: {}, value: 1 }]) // "# HELP up Whether.\n# TYPE up gauge\nup 1\n"
 */
export function renderFamily({ name, help, type }: Family, samples: Iterable<Sample>): string {
  const head = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
  return head + Array.from(samples, (sample) => line(name, sample)).join("");
}
