// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { decodeBody } from "./decode_body.ts";

const bytes = (text: string) => Array.from(new TextEncoder().encode(text));
/** A field of bytes, shorter than 128. */
const field = (number: number, inner: readonly number[]) => [(number << 3) | 2, inner.length, ...inner];
const number = (at: number, value: number) => [at << 3, value];
const envelope = (apiVersion: string, kind: string, raw: readonly number[]) =>
  new Uint8Array([
    0x6b,
    0x38,
    0x73,
    0,
    ...field(1, [...field(1, bytes(apiVersion)), ...field(2, bytes(kind))]),
    ...field(2, raw),
  ]);
const value = (body: Uint8Array) => {
  const decoded = decodeBody(body);
  return decoded.ok ? decoded.value : decoded.reason;
};

test("a body in protobuf becomes what its JSON would be; zero values that say nothing are left out", () => {
  const meta = field(1, [
    ...field(1, bytes("s")),
    ...field(2, []),
    ...field(11, [...field(1, bytes("k")), ...field(2, bytes("v"))]),
  ]);
  const data = field(2, [...field(1, bytes("p")), ...field(2, bytes("q"))]);
  expect(value(envelope("v1", "Secret", [...meta, ...data, ...number(5, 0)]))).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s", labels: { k: "v" } },
    data: { p: "cQ==" },
    immutable: false, // a pointer in Go: false was set on purpose
  });
});

test("a body in protobuf has times, and numbers that may be texts", () => {
  const port = field(1, [...number(3, 80), ...field(4, [...number(1, 1), ...number(2, 0), ...field(3, bytes("web"))])]);
  const plain = field(1, [...number(3, 81), ...field(4, [...number(1, 0), ...number(2, 90)])]);
  const created = field(1, field(8, number(1, 60)));
  expect(value(envelope("v1", "Service", [...created, ...field(2, [...port, ...plain])]))).toEqual({
    apiVersion: "v1",
    kind: "Service",
    metadata: { creationTimestamp: "1970-01-01T00:01:00Z" },
    spec: {
      ports: [
        { port: 80, targetPort: "web" },
        { port: 81, targetPort: 90 },
      ],
    },
  });
});

test.each([
  ["of another form", new Uint8Array([1, 2, 3]), "does not begin"],
  ["of an unknown kind", envelope("v1", "Mystery", []), "not known in protobuf form"],
  ["of an unknown group", envelope("x.example.com/v1", "X", []), "send JSON"],
  ["cut off", envelope("v1", "Secret", field(1, bytes("x"))).slice(0, -1), "ends inside"],
  ["with a length beyond its end", envelope("v1", "Secret", [10, 120, 1]), "ends inside"],
  ["with a number for an object", envelope("v1", "Secret", number(1, 1)), "a number stands"],
])("a body in protobuf %s is refused", (_name, body, reason) => {
  expect(String(value(body))).toContain(reason);
});
