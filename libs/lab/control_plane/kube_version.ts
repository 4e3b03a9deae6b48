// SPDX-License-Identifier: Apache-2.0

/**
 * The linker flags that tell the programs which Kubernetes they are. Without them they are v0.0.0-master and kubectl warns at every
 * server; upstream's build sets the same variables.
 *
 * @param goMod text of tests/kube/go.mod, which pins the version
 * @throws Error where it pins none
 */
export function kubeVersionFlags(goMod: string): { readonly version: string; readonly ldflags: string } {
  const [, version, major, minor] = /^(?:require |\t)k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\d+)$/m.exec(goMod) ?? [];
  if (version === undefined) throw new Error("tests/kube/go.mod pins no version of k8s.io/kubernetes");
  const values = {
    gitVersion: version,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: "clean",
    buildDate: "1970-01-01T00:00:00Z",
  };
  const packages = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"];
  const set = packages.flatMap((name) => Object.entries(values).map(([key, value]) => `-X ${name}.${key}=${value}`));
  return { version, ldflags: ["-s", "-w", ...set].join(" ") };
}
