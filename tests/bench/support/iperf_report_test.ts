// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { receivedOf } from "./iperf_report.ts";

const SETTING = { warmup: 0.5, step: 0.25 };
const intervals = (...rows: readonly (readonly [seconds: number, bytes: number])[]) =>
  rows.map(([seconds, bytes]) => ({ streams: [], sum: { seconds, bytes, bits_per_second: 0, omitted: false } }));

test("receivedOf takes the receiver's intervals, without the warm-up for the rate and with it for the bytes", () => {
  const report = {
    intervals: intervals([0.25, 999], [0.25, 999], [0.25, 999], [0.25, 999]),
    server_output_json: { intervals: intervals([0.25, 10], [0.25, 20], [0.25, 100], [0.25, 300]) },
  };
  expect(receivedOf(JSON.stringify(report), SETTING)).toEqual({ bytes: 430, bytesPerSecond: 800 });
});

test("receivedOf leaves the stub at the end out of the rate", () => {
  const report = { server_output_json: { intervals: intervals([0.25, 1], [0.25, 1], [0.25, 100], [0.01, 0]) } };
  expect(receivedOf(JSON.stringify(report), SETTING)).toEqual({ bytes: 102, bytesPerSecond: 400 });
});

test.each([
  ["the client's error", '{"error":"unable to connect to server"}', "iperf3: unable to connect to server"],
  ["the server's error", '{"server_output_json":{"error":"the server is busy"}}', "iperf3: the server is busy"],
  ["a report without the receiver", '{"intervals":[]}', "lacks the receiver's side"],
  ["a run within the warm-up", '{"server_output_json":{"intervals":[{"sum":{"seconds":0.25,"bytes":1}}]}}', "before its warm-up"],
  ["what is not JSON", "iperf3: parameter error", "iperf3: not JSON: iperf3: parameter error"],
  ["nothing", "", "iperf3: not JSON: no output"],
])("receivedOf throws for %s", (_what, text, message) => {
  expect(() => receivedOf(text, SETTING)).toThrow(message);
});
