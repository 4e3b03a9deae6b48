// SPDX-License-Identifier: Apache-2.0
/**
 * Writes `libs/apiserver/protobuf/fields.gen.ts`: numbers and types of the fields of the built-in kinds in Kubernetes' protobuf form, read from
 * the tags of the Go types in the module cache (`tests/kube/go.mod` names the version). Run by hand when that version changes:
 * `bun run tools/gen_protobuf_fields.ts`.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { $ } from "bun";

const OUT = "libs/apiserver/protobuf/fields.gen.ts";

/** Packages by the short name that their types get. */
const PACKAGES: Readonly<Record<string, readonly [module: string, path: string]>> = {
  core: ["k8s.io/api", "core/v1"],
  apps: ["k8s.io/api", "apps/v1"],
  rbac: ["k8s.io/api", "rbac/v1"],
  coordination: ["k8s.io/api", "coordination/v1"],
  discovery: ["k8s.io/api", "discovery/v1"],
  events: ["k8s.io/api", "events/v1"],
  networking: ["k8s.io/api", "networking/v1"],
  scheduling: ["k8s.io/api", "scheduling/v1"],
  policy: ["k8s.io/api", "policy/v1"],
  autoscaling: ["k8s.io/api", "autoscaling/v1"],
  authentication: ["k8s.io/api", "authentication/v1"],
  authorization: ["k8s.io/api", "authorization/v1"],
  meta: ["k8s.io/apimachinery", "pkg/apis/meta/v1"],
};

/** What clients send: kinds that are stored, and the bodies of special requests. */
const ROOTS = [
  "core: Namespace Node Pod Service Endpoints Secret ConfigMap ServiceAccount Event Binding",
  "apps: Deployment DaemonSet ReplicaSet",
  "rbac: Role RoleBinding ClusterRole ClusterRoleBinding",
  "coordination: Lease",
  "discovery: EndpointSlice",
  "events: Event",
  "networking: ServiceCIDR",
  "scheduling: PriorityClass",
  "policy: Eviction",
  "autoscaling: Scale",
  "authentication: TokenRequest TokenReview SelfSubjectReview",
  "authorization: SubjectAccessReview LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview",
  "meta: DeleteOptions",
].flatMap((line) => {
  const [name = "", kinds = ""] = line.split(": ");
  return kinds.split(" ").map((kind) => `${name}.${kind}`);
});

/** Types that are not written as their fields say. */
const SPECIAL: Readonly<Record<string, string>> = {
  "metav1.Time": "time",
  "metav1.MicroTime": "microtime",
  "meta.Time": "time",
  "meta.MicroTime": "microtime",
  "metav1.Duration": "duration",
  "resource.Quantity": "quantity",
  "intstr.IntOrString": "intstr",
  "runtime.RawExtension": "raw",
  "meta.FieldsV1": "raw",
  "authentication.ExtraValue": "items",
  "authorization.ExtraValue": "items",
};

interface Field {
  readonly json: string;
  readonly number: number;
  readonly go: string;
  readonly inline: boolean;
}

const structs = new Map<string, Field[]>();
const aliases = new Map<string, string>();

function readPackage(name: string, text: string): void {
  for (const [, type = "", target = ""] of text.matchAll(/^type (\w+) ((?:map|\[)\S+)$/gm))
    aliases.set(`${name}.${type}`, target);
  for (const [, type = "", body = ""] of text.matchAll(/^type (\w+) struct \{\n(.*?)^\}/gms)) {
    const fields: Field[] = [];
    for (const line of body.split("\n")) {
      const found = /^\s*(?:(\w+)\s+)?(\S+)\s+`json:"([^"]*)"(?: [^`]*)? protobuf:"(\w+),(\d+),[^"]*"/.exec(
        line.replace(/\/\/.*$/, ""),
      );
      if (!found) continue;
      const [, , go = "", json = "", , number = ""] = found;
      fields.push({
        json: json.split(",")[0] ?? "",
        number: Number(number),
        go,
        inline: json.includes("inline"),
      });
    }
    structs.set(`${name}.${type}`, fields);
  }
}

/** A field's type in the table's notation: `*` keeps zero values, `[]` a list, `<>` a map. */
function typeOf(home: string, field: Field): string {
  let go = field.go;
  const pointer = go.startsWith("*");
  if (pointer) go = go.slice(1);
  go = aliases.get(qualify(home, go)) ?? go;
  if (SPECIAL[qualify(home, field.go)]) go = field.go;
  if (go === "[]byte") return "bytes";
  if (go.startsWith("[]")) return `[]${scalar(home, go.slice(2).replace("*", ""))}`;
  const map = /^map\[\w+\](.*)$/.exec(go);
  if (map?.[1]) return `<>${map[1] === "[]byte" ? "bytes" : scalar(home, map[1])}`;
  return `${pointer ? "*" : ""}${scalar(home, go)}`;
}

function qualify(home: string, go: string): string {
  return go.includes(".")
    ? go
        .replace(/^v1\./, "core.")
        .replace(/^metav1\./, "meta.")
        .replace(/^corev1\./, "core.")
    : `${home}.${go}`;
}

function scalar(home: string, go: string): string {
  const name = qualify(home, go);
  const special = SPECIAL[go] ?? SPECIAL[name];
  if (special) return special;
  if (structs.has(name)) return name;
  if (go === "bool") return "bool";
  // Not the tag's word: some say "varint" of texts and "bytes" of numbers.
  return /^u?int(32|64)?$/.test(go) ? "int" : "string";
}

for (const [name, [module, path]] of Object.entries(PACKAGES)) {
  const dir = (await $`go list -m -f {{.Dir}} ${module}`.cwd("tests/kube").text()).trim();
  for (const file of ["types.go", "micro_time.go"]) {
    const whole = `${dir}/${path}/${file}`;
    if (existsSync(whole)) readPackage(name, readFileSync(whole, "utf8"));
  }
}

const lines = new Map<string, string>();
const queue = [...ROOTS];
for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
  const fields = structs.get(name);
  if (!fields || lines.has(name)) continue;
  const home = name.split(".")[0] ?? "";
  const words = fields.map((field) => {
    const type = typeOf(home, field);
    const target = type.replace(/^(\*|\[\]|<>)/, "");
    if (target.includes(".")) queue.push(target);
    return `${field.inline ? "~" : field.json}=${field.number}:${type}`;
  });
  lines.set(name, `${name} ${words.join(" ")}`);
}
const text = [...lines.values()].sort().join("\n");
await Bun.write(
  OUT,
  `// SPDX-License-Identifier: Apache-2.0\n// Written by tools/gen_protobuf_fields.ts.\n\n/** One type a line: its name, then \`json=number:type\` of each field; \`~\` is inlined, \`*\` keeps zero values, \`[]\` is a list, \`<>\` a map. */\nexport const protobufFields = \`\n${text}\n\`;\n`,
);
console.log(`${OUT}: ${lines.size} types, ${text.length} bytes`);
