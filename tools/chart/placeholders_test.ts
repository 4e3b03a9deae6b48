// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { bare, block, template, text } from "./placeholders.ts";

test("template keeps quotes around texts and takes them off numbers, truth values and blocks", () => {
  const written = template([
    { name: text(".Values.name"), on: bare(".Values.on"), said: String(bare(".Values.on")), list: block(".Values.list", 2) },
  ]);
  expect(written).toBe(
    [
      'name: "{{ .Values.name }}"',
      "on: {{ .Values.on }}",
      'said: "{{ .Values.on }}"',
      "list: {{ toYaml .Values.list | nindent 2 }}",
      "",
    ].join("\n"),
  );
});

test("template keeps expressions whole that hold quotes", () => {
  expect(template([{ cidrs: text('join "," .Values.podCidrs') }])).toBe("cidrs: '{{ join \",\" .Values.podCidrs }}'\n");
});

test("template takes the quotes off an expression that has some of its own", () => {
  const add = block('(list "A" "B")', 2);
  expect(template([{ add }])).toBe('add: {{ toYaml (list "A" "B") | nindent 2 }}\n');
});

test("template puts a line between documents", () => {
  expect(template([{ a: 1 }, { b: 2 }])).toBe("a: 1\n---\nb: 2\n");
});
