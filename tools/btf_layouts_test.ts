// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { type BtfType, renderLayouts } from "./btf_layouts.ts";

const HEADER = "#define STRAIT_SLOTS 256 /* slots */\nstruct strait_pair {\n};\nenum strait_color {\n};\n";

const TYPES: BtfType[] = [
  { id: 1, kind: "INT", name: "unsigned int", size: 4 },
  { id: 2, kind: "TYPEDEF", name: "__u32", type_id: 1 },
  { id: 3, kind: "ARRAY", name: "(anon)", type_id: 4, nr_elems: 6 },
  { id: 4, kind: "INT", name: "unsigned char", size: 1 },
  {
    id: 5,
    kind: "STRUCT",
    name: "strait_pair",
    size: 12,
    members: [
      { name: "a", type_id: 2, bits_offset: 0 },
      { name: "mac", type_id: 3, bits_offset: 32 },
    ],
  },
  {
    id: 6,
    kind: "ENUM",
    name: "strait_color",
    values: [
      { name: "STRAIT_COLOR_DARK_RED", val: 1 },
      { name: "STRAIT_COLOR_BLUE", val: 2 },
    ],
  },
];

test("renderLayouts writes offsets in bytes, lengths of arrays and enum names without what they share", () => {
  const text = renderLayouts(TYPES, HEADER);
  expect(text).toContain('a: { offset: 0, kind: "u32" }');
  expect(text).toContain('mac: { offset: 4, kind: "bytes", length: 6 }');
  expect(text).toContain("dark_red: 1,\n    blue: 2,");
  expect(text).toContain("SLOTS: 256");
});

test("renderLayouts refuses an object that lacks a struct or an enum of the header", () => {
  expect(() => renderLayouts(TYPES, `${HEADER}struct strait_lost {\n};\n`)).toThrow("BTF has no struct strait_lost");
  expect(() => renderLayouts(TYPES, `${HEADER}enum strait_lost {\n};\n`)).toThrow("BTF has no enum strait_lost");
});
