// SPDX-License-Identifier: Apache-2.0
import type { ApiRequest } from "@strait/k8s";

/** The image of CoreDNS, which every node of a cluster with DNS has. */
export const DNS_IMAGE = "strait.test/coredns:1";

const NAMESPACE = "kube-system";
const LABELS = { "k8s-app": "kube-dns" };

/** As kubeadm leaves it, but for metrics. Nothing outside of the cluster is known: a lab has no server to forward to. */
const COREFILE = `.:53 {
    errors
    health {
        lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 30
    }
    cache 30
    reload
    loadbalance
}
`;

/**
 * The address of the DNS in a range of Services: the tenth, as installers have it.
 *
 * @example
 * dnsAddress("10.101.0.0/16"); // "10.101.0.10"
 * dnsAddress("fd10:1::/112");  // "fd10:1::a"
 */
export function dnsAddress(services: string): string {
  return services.includes(":") ? services.replace(/::\/\d+$/, "::a") : services.replace(/\.0\/\d+$/, ".10");
}

/**
 * What has to be created for a cluster's own DNS, in this order: CoreDNS as a Deployment behind the Service kube-dns.
 *
 * @param services the ranges of Services, the one of the API server's family first
 */
export function clusterDns(services: readonly string[]): Omit<ApiRequest, "signal">[] {
  const rbac = "/apis/rbac.authorization.k8s.io/v1";
  const create = (path: string, body: object): Omit<ApiRequest, "signal"> => ({ method: "POST", path, body });
  const inNamespace = (path: string, resource: string) => `${path}/namespaces/${NAMESPACE}/${resource}`;
  const own = { name: "coredns", namespace: NAMESPACE };
  const metadata = { name: "system:coredns" };
  const addresses = services.map(dnsAddress);
  return [
    create(inNamespace("/api/v1", "serviceaccounts"), { apiVersion: "v1", kind: "ServiceAccount", metadata: own }),
    create(`${rbac}/clusterroles`, {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata,
      rules: [
        { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: ["list", "watch"] },
        { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
      ],
    }),
    create(`${rbac}/clusterrolebindings`, {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: metadata.name },
      subjects: [{ kind: "ServiceAccount", ...own }],
    }),
    create(inNamespace("/api/v1", "configmaps"), {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: own,
      data: { Corefile: COREFILE },
    }),
    create(inNamespace("/apis/apps/v1", "deployments"), deployment()),
    create(inNamespace("/api/v1", "services"), {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "kube-dns", namespace: NAMESPACE, labels: LABELS },
      spec: {
        selector: LABELS,
        clusterIP: addresses[0],
        clusterIPs: addresses,
        ipFamilyPolicy: "PreferDualStack",
        ports: ["UDP", "TCP"].map((protocol) => ({ name: `dns-${protocol.toLowerCase()}`, port: 53, protocol })),
      },
    }),
  ];
}

function deployment(): object {
  const probe = (path: string, port: number) => ({ httpGet: { path, port } });
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "coredns", namespace: NAMESPACE, labels: LABELS },
    spec: {
      replicas: 1,
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: "coredns",
          priorityClassName: "system-cluster-critical",
          dnsPolicy: "Default",
          containers: [
            {
              name: "coredns",
              image: DNS_IMAGE,
              args: ["-conf", "/etc/coredns/Corefile"],
              resources: { requests: { cpu: "10m", memory: "32Mi" } },
              volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
              ports: ["UDP", "TCP"].map((protocol) => ({ containerPort: 53, name: `dns-${protocol.toLowerCase()}`, protocol })),
              livenessProbe: { ...probe("/health", 8080), initialDelaySeconds: 60, failureThreshold: 5 },
              readinessProbe: { ...probe("/ready", 8181), periodSeconds: 1 },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { add: ["NET_BIND_SERVICE"], drop: ["ALL"] },
                readOnlyRootFilesystem: true,
              },
            },
          ],
          volumes: [{ name: "config", configMap: { name: "coredns" } }],
        },
      },
    },
  };
}
