// SPDX-License-Identifier: Apache-2.0
/**
 * Who may import whom:
 *
 * ```
 * model ← plan, codec ← dataplane ← node ← apps        lab and tests see everything; nothing of the product sees lab
 *   ↑        ↑                            ╱
 *  ffi ←── netlink,  obs ← k8s ← member ←╯        k8s and ffi never meet below apps
 *                           ↑
 *                       apiserver (broker, lab)
 * ```
 */
import { dirname, join } from "node:path";
import { importsOf, isTest, isTypeScript, packageOf, type Rule, type SourceFile, type Violation } from "./source_files.ts";

const productLibs = ["time", "model", "plan", "codec", "ffi", "netlink", "dataplane", "obs"];
const kubernetesLibs = ["k8s", "member"];

/** The libs that each package may import, by name. A package that is not here may import none. */
export const allowed: Record<string, readonly string[]> = {
  "libs/time": [],
  "libs/model": [],
  "libs/plan": ["model"],
  "libs/codec": ["model"],
  "libs/ffi": ["model"],
  "libs/obs": ["model"],
  "libs/netlink": ["model", "ffi"],
  "libs/dataplane": ["model", "codec", "ffi", "netlink", "obs"],
  "libs/testkit": ["model"],
  "libs/lab": [...productLibs, "oci", "manifests", "lab", ...kubernetesLibs, "apiserver"],
  "libs/node": productLibs,
  "libs/k8s": ["time", "model", "obs"],
  "libs/oci": [],
  "libs/manifests": ["model", "k8s"],
  "libs/member": ["time", "model", "plan", "obs", "k8s"],
  "libs/apiserver": ["time", "model", "obs", "k8s"],
  "apps/gateway": [...productLibs, "node", ...kubernetesLibs],
  "apps/routeagent": [...productLibs, "node", ...kubernetesLibs],
  "apps/broker": ["time", "model", "obs", "k8s", "apiserver"],
  "apps/cli": [
    "time",
    "model",
    "manifests",
    "plan",
    "obs",
    ...kubernetesLibs,
    "apiserver",
    "app-gateway",
    "app-routeagent",
    "app-broker",
  ],
  tests: [...productLibs, "oci", "manifests", "node", ...kubernetesLibs, "apiserver", "lab"],
  tools: [...productLibs, "oci", "lab", "k8s", "manifests"],
};

/** Pure: no clock, no I/O. Their tests may use what they like. */
const pure = new Set(["libs/model", "libs/plan", "libs/codec"]);

/** Third-party packages and the only places that may import them. */
const thirdParty: Record<string, readonly string[]> = {
  hono: ["libs/obs", "libs/node", "libs/apiserver", "apps/gateway", "apps/routeagent", "apps/broker"],
  valibot: [
    "libs/model",
    "libs/dataplane",
    "libs/node",
    "libs/k8s",
    "libs/member",
    "libs/apiserver",
    "apps/gateway",
    "apps/routeagent",
    "apps/broker",
    "apps/cli",
    "libs/lab",
    "tools",
  ],
  "@valibot/to-json-schema": ["libs/k8s", "tools"],
  yaml: [
    "libs/model",
    "libs/node",
    "libs/lab",
    "libs/k8s",
    "libs/apiserver",
    "apps/gateway",
    "apps/routeagent",
    "apps/cli",
    "tests",
    "tools",
  ],
  ajv: ["libs/apiserver"],
  commander: ["apps/cli"],
  "@peculiar/x509": ["libs/apiserver", "libs/lab", "tests"],
  "@abraham/reflection": ["libs/apiserver", "libs/lab", "tests"],
};

function refusal(file: SourceFile, specifier: string): string | undefined {
  const home = packageOf(file.path);
  if (specifier === "bun:ffi") return home === "libs/ffi" ? undefined : "only libs/ffi may import bun:ffi";
  if (/^(bun|node):/.test(specifier) || specifier === "bun") {
    return pure.has(home) && !isTest(file) ? `${home} is pure and may not import ${specifier}` : undefined;
  }
  if (specifier.startsWith("@strait/")) {
    const [, name = "", door] = specifier.split("/");
    const testing = isTest(file) || home === "tests" || file.path.includes("/testing/");
    if (door !== undefined && !(door === "testing" && testing))
      return `${specifier}: only tests may use another door than mod.ts, and only /testing`;
    if (name === "testkit" && testing) return undefined;
    if (home === `libs/${name}`) return `${specifier} is this very package: import the file by its relative path`;
    return allowed[home]?.includes(name) ? undefined : `${home} may not import ${specifier}`;
  }
  if (specifier.startsWith(".")) {
    const target = packageOf(join(dirname(file.path), specifier));
    return target === home ? undefined : `${specifier} leaves ${home}: import another package by its name`;
  }
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  const places = thirdParty[name];
  if (places === undefined) return `${name} is not in the list of dependencies (tests/repo/layering.ts, docs/dependencies.md)`;
  return places.includes(home) ? undefined : `${home} may not import ${name}`;
}

/** Every import stays inside the layering. */
export const layering: Rule = (files) =>
  files.filter(isTypeScript).flatMap((file) =>
    importsOf(file.text).flatMap((specifier): Violation[] => {
      const message = refusal(file, specifier);
      return message === undefined ? [] : [{ path: file.path, message }];
    }),
  );

/** No file imports itself through others; type imports count too. */
export const noCircles: Rule = (files) => {
  const known = new Set(files.map((file) => file.path));
  const next = new Map<string, string[]>();
  for (const file of files.filter(isTypeScript)) {
    const targets = importsOf(file.text).flatMap((specifier) => {
      const lib = /^@strait\/(.+)$/.exec(specifier)?.[1];
      const path = lib === undefined ? join(dirname(file.path), specifier) : `libs/${lib}/mod.ts`;
      return known.has(path) ? [path] : [];
    });
    next.set(file.path, targets);
  }
  const done = new Set<string>();
  const violations: Violation[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      violations.push({ path, message: `import circle: ${[...trail.slice(start), path].join(" → ")}` });
      return;
    }
    if (done.has(path)) return;
    for (const target of next.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return violations;
};
