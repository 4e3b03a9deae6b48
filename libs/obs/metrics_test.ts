// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { Metrics } from "./metrics.ts";

test("metrics print HELP, TYPE and a sample per set of labels", () => {
  const metrics = new Metrics();
  const writes = metrics.counter("strait_writes_total", "Rows written.");
  writes.add({ map: "hops" }, 2);
  writes.add({ map: "hops" });
  writes.add({ map: "slots" }, 256n);
  expect(metrics.render()).toContain(
    '# HELP strait_writes_total Rows written.\n# TYPE strait_writes_total counter\nstrait_writes_total{map="hops"} 3\nstrait_writes_total{map="slots"} 256\n',
  );
});

test("metrics take labels in any order for the same sample", () => {
  const metrics = new Metrics();
  const gauge = metrics.gauge("g", "G.");
  gauge.set(1, { a: "1", b: "2" });
  gauge.set(7, { b: "2", a: "1" });
  expect(metrics.render().match(/^g\{/gm)).toHaveLength(1);
  expect(metrics.render()).toContain(" 7\n");
});

test("metrics escape what would break out of a label or a help text", () => {
  const metrics = new Metrics();
  metrics.gauge("g", "one\ntwo \\").set(1, { reason: 'a"b\\c\nd' });
  const text = metrics.render();
  expect(text).toContain("# HELP g one\\ntwo \\\\\n");
  expect(text).toContain('g{reason="a\\"b\\\\c\\nd"} 1\n');
});

test("metrics print bigints exactly and infinities as Prometheus reads them", () => {
  const metrics = new Metrics();
  metrics.collector({ name: "c", help: "C.", type: "counter" }, () => [{ labels: {}, value: 18446744073709551615n }]);
  metrics.gauge("g", "G.").set(Infinity);
  expect(metrics.render()).toContain("c 18446744073709551615\n");
  expect(metrics.render()).toContain("g +Inf\n");
});

test("metrics leave out a collector that throws, count it in the same scrape and print the others", () => {
  const metrics = new Metrics();
  metrics.collector({ name: "bad", help: "B.", type: "counter" }, () => {
    throw new Error("map is gone");
  });
  metrics.gauge("good", "G.").set(1);
  const text = metrics.render();
  expect(text).not.toContain("# HELP bad");
  expect(text).toContain("good 1\n");
  expect(text).toContain('strait_collect_failures_total{metric="bad"} 1\n');
});

test("a counter refuses to shrink", () => {
  const counter = new Metrics().counter("c", "C.");
  expect(() => counter.add({}, -1)).toThrow(RangeError);
  expect(() => counter.add({}, Number.NaN)).toThrow(RangeError);
});

test("metrics refuse a name twice, a name that is none and a label that is none", () => {
  const metrics = new Metrics();
  metrics.counter("c", "C.");
  expect(() => metrics.gauge("c", "C.")).toThrow("registered twice");
  expect(() => metrics.gauge("a-b", "C.")).toThrow("no metric name");
  metrics.gauge("d", "D.").set(1, { "x-y": "1" });
  expect(metrics.render()).toContain('strait_collect_failures_total{metric="d"} 1\n');
});
