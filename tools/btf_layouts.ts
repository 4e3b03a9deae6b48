// SPDX-License-Identifier: Apache-2.0

/** A BTF type as `bpftool -j btf dump file` prints it; only what is read here. */
export interface BtfType {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly size?: number;
  readonly type_id?: number;
  readonly nr_elems?: number;
  readonly encoding?: string;
  readonly members?: readonly { readonly name: string; readonly type_id: number; readonly bits_offset: number }[];
  readonly values?: readonly { readonly name: string; readonly val: number }[];
  readonly vars?: readonly { readonly type_id: number }[];
}

const PREFIX = "strait_";

class Btf {
  readonly #byId: ReadonlyMap<number, BtfType>;

  constructor(readonly types: readonly BtfType[]) {
    this.#byId = new Map(types.map((type) => [type.id, type]));
  }

  /** The type behind typedefs, const and volatile. */
  type(id: number | undefined): BtfType {
    const type = this.#byId.get(id ?? 0);
    if (!type) throw new TypeError(`BTF has no type ${id}`);
    return ["TYPEDEF", "CONST", "VOLATILE"].includes(type.kind) ? this.type(type.type_id) : type;
  }

  size(type: BtfType): number {
    return type.kind === "ARRAY" ? (type.nr_elems ?? 0) * this.size(this.type(type.type_id)) : (type.size ?? 0);
  }
}

function fieldText(btf: Btf, type: BtfType): string {
  const size = btf.size(type);
  const isInt = type.kind === "INT" || type.kind === "ENUM";
  return isInt ? `kind: "u${size * 8}"` : `kind: "bytes", length: ${size}`;
}

function structText(btf: Btf, struct: BtfType): string {
  const fields = (struct.members ?? []).map((member) => {
    const name = member.name === "(anon)" ? "value" : member.name;
    return `      ${name}: { offset: ${member.bits_offset / 8}, ${fieldText(btf, btf.type(member.type_id))} },`;
  });
  return [`  ${struct.name}: {`, `    size: ${struct.size},`, "    fields: {", ...fields, "    },", "  },"].join("\n");
}

/** Members without what all their names begin with, in lower case: STRAIT_HOOK_POD is pod. */
function enumText(type: BtfType): string {
  const values = type.values ?? [];
  let common = values[0]?.name ?? "";
  for (const { name } of values) while (!name.startsWith(common)) common = common.slice(0, -1);
  common = common.slice(0, common.lastIndexOf("_") + 1);
  const lines = values.map(({ name, val }) => `    ${name.slice(common.length).toLowerCase()}: ${val},`);
  return [`  ${type.name}: {`, ...lines, "  },"].join("\n");
}

function mapText(btf: Btf, variable: BtfType): string {
  const definition = btf.type(variable.type_id);
  const member = (name: string): BtfType | undefined => {
    const found = definition.members?.find((m) => m.name === name);
    return found && btf.type(btf.type(found.type_id).type_id);
  };
  // libbpf writes numbers as the length of an array behind a pointer, and types behind a pointer.
  const count = (name: string): number => member(name)?.nr_elems ?? 0;
  const size = (name: string): number => {
    const type = member(name);
    return type ? btf.size(type) : 0;
  };
  const parts = [
    `name: "${variable.name}"`,
    `type: ${count("type")}`,
    `keySize: ${size("key")}`,
    `valueSize: ${size("value")}`,
    `maxEntries: ${count("max_entries")}`,
    `flags: ${count("map_flags")}`,
  ];
  return `  ${variable.name.slice(PREFIX.length)}: { ${parts.join(", ")} },`;
}

/**
 * Writes libs/codec/layouts.gen.ts: every struct, enum and constant of shared.h and every map.
 *
 * @param types of the compiled object
 * @param header text of bpf/lib/shared.h: says which names must be in BTF, and holds the #defines BTF does not
 * @throws TypeError where BTF lacks a struct or enum of the header: nothing in the object uses it
 */
export function renderLayouts(types: readonly BtfType[], header: string): string {
  const btf = new Btf(types);
  const named = (kind: string): BtfType[] =>
    [...header.matchAll(new RegExp(`^${kind.toLowerCase()} (${PREFIX}\\w+) \\{`, "gm"))].map(([, name]) => {
      const type = types.find((candidate) => candidate.kind === kind && candidate.name === name);
      if (!type) throw new TypeError(`BTF has no ${kind.toLowerCase()} ${name}: use it in bpf/encap.c (see "vocabulary")`);
      return type;
    });
  const mapIds = new Set(types.find((type) => type.kind === "DATASEC" && type.name === ".maps")?.vars?.map((v) => v.type_id));
  const mapVariables = types.filter((type) => mapIds.has(type.id) && type.name.startsWith(PREFIX));
  const constants = [...header.matchAll(/^#define STRAIT_(\w+) (\d+)/gm)].map(([, name, value]) => `  ${name}: ${value},`);
  const section = (doc: string, name: string, lines: readonly string[]): string =>
    `/** ${doc} */\nexport const ${name} = {\n${lines.join("\n")}\n} as const;\n`;
  return [
    "// SPDX-License-Identifier: Apache-2.0\n// Generated from the BTF of bpf/encap.c by tools/gen_layouts.ts. Do not edit.\n",
    section(
      "Structs of bpf/lib/shared.h: sizes and offsets in bytes.",
      "layouts",
      named("STRUCT").map((type) => structText(btf, type)),
    ),
    section("Enums of bpf/lib/shared.h.", "enums", named("ENUM").map(enumText)),
    section("Numbers #defined in bpf/lib/shared.h, without STRAIT_.", "constants", constants),
    section(
      "Maps by short name; type is enum bpf_map_type.",
      "maps",
      mapVariables.map((variable) => mapText(btf, variable)),
    ),
  ].join("\n");
}
