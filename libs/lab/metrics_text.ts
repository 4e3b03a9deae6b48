// SPDX-License-Identifier: Apache-2.0

/** One line of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Reads Prometheus' text format (exposition format 0.0.4), as /metrics answers; comments and lines it cannot read are left out.
 *
 * @example
 * parseMetrics('strait_packets_total{reason="sent"} 3'); // [{ name: "strait_packets_total", labels: { reason: "sent" }, value: 3 }]
 */
export function parseMetrics(text: string): Sample[] {
  return text.split("\n").flatMap((line) => {
    const match = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/.exec(line);
    if (match === null) return [];
    const [, name = "", inside = "", value = ""] = match;
    const labels = Object.fromEntries(
      [...inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = "", text = ""]) => [key, text]),
    );
    return Number.isNaN(Number(value)) ? [] : [{ name, labels, value: Number(value) }];
  });
}
