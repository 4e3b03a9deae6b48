// SPDX-License-Identifier: Apache-2.0
import type { Manifest } from "@strait/k8s";
import { MANAGED_BY } from "@strait/manifests";

/** Port of the listeners, above the ports that hosts use. */
export const LISTEN_PORT = 27185;

/** Label that ties a test's Service to its listener. */
export const TEST_LABEL = "strait.io/verify";

export interface TestPodParts {
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  readonly image: string;
  readonly hostNetwork: boolean;
  /** Arguments of `strait nettest`. */
  readonly args: readonly string[];
}

/** A pod that runs one side of a check and leaves its result as termination message. */
export function testPod({ name, namespace, node, image, hostNetwork, args }: TestPodParts): Manifest {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { [TEST_LABEL]: name, ...MANAGED_BY } },
    spec: {
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      hostNetwork,
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] }],
          },
        },
      },
      tolerations: [{ operator: "Exists" }],
      containers: [
        {
          name: "nettest",
          image,
          imagePullPolicy: "IfNotPresent",
          command: ["strait", "nettest", ...args],
          terminationMessagePath: "/dev/termination-log",
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            seccompProfile: { type: "RuntimeDefault" },
          },
        },
      ],
    },
  };
}

/** A Service in front of the listener, of every family the cluster has. */
export function testService(name: string, namespace: string): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace, labels: { [TEST_LABEL]: name, ...MANAGED_BY } },
    spec: {
      selector: { [TEST_LABEL]: name },
      ipFamilyPolicy: "PreferDualStack",
      ports: [{ name: "nettest", port: LISTEN_PORT, targetPort: LISTEN_PORT, protocol: "TCP" }],
    },
  };
}
