// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "bun:test";
import { kubeVersionFlags } from "./kube_version.ts";

test("kubeVersionFlags reads the version that go.mod pins, and no other", () => {
  const text = "module x\n\nrequire k8s.io/kubernetes v1.34.4\n\nrequire k8s.io/api v0.34.4\n";
  const { version, ldflags } = kubeVersionFlags(text);
  expect(version).toBe("v1.34.4");
  expect(ldflags).toContain("-X k8s.io/component-base/version.gitVersion=v1.34.4");
  expect(ldflags).toContain("-X k8s.io/client-go/pkg/version.gitMinor=34");
  const block = "module x\n\nrequire (\n\tgithub.com/spf13/cobra v1.9.1\n\tk8s.io/kubernetes v1.34.5\n)\n";
  expect(kubeVersionFlags(block).version).toBe("v1.34.5");
});

test("kubeVersionFlags refuses a go.mod without a pin", () => {
  expect(() => kubeVersionFlags("module x\nrequire k8s.io/api v0.34.4\n")).toThrow("pins no version");
});
