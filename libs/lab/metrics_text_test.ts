// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "bun:test";
import { parseMetrics } from "./metrics_text.ts";

describe("parseMetrics", () => {
  test("reads names, labels and values, and leaves out comments and what it cannot read", () => {
    const text = [
      "# HELP strait_packets_total Packets by reason.",
      "# TYPE strait_packets_total counter",
      'strait_packets_total{reason="sent",direction="out"} 12',
      "strait_up 1",
      'strait_odd{text="a \\"b\\", c"} 1.5e3 1700000000',
      "not a sample",
      "",
    ].join("\n");
    expect(parseMetrics(text)).toEqual([
      { name: "strait_packets_total", labels: { reason: "sent", direction: "out" }, value: 12 },
      { name: "strait_up", labels: {}, value: 1 },
      { name: "strait_odd", labels: { text: 'a \\"b\\", c' }, value: 1500 },
    ]);
  });
});
