// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { duplicateFields } from "./duplicate_fields.ts";

test.each([
  ['{"a":1,"b":{"a":1}}', []],
  ['{"a":1,"a":2}', ["a"]],
  ['{ "spec" : { "name" : "x" , "list" : [ {"a":1} , {"a":1,"a":2} ] , "name":"y" } }', ["spec.list[1].a", "spec.name"]],
  ['{"a":"\\"a\\":1,","b":"}","c":[]}', []],
  ['{"a":1,"\\u0061":2}', ["a"]],
  ['[true,null,-1.5e3,{"x":{},"x":[]}]', ["[3].x"]],
  ["12", []],
])("duplicate fields of %s are %p", (text, paths) => {
  expect(duplicateFields(text)).toEqual(paths);
});
