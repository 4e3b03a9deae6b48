// SPDX-License-Identifier: Apache-2.0
import { Authority, type KeyPair, signingKeys } from "./authority.ts";
import { ensureKube } from "./kube_binaries.ts";
import { kubeConfig } from "./kubeconfig.ts";
import type { Program, ServerPlace } from "./program.ts";
import { writeSecret } from "./secret_file.ts";

/** What of the kube-controller-manager a lab wants: the controllers behind pods, identities and deletion. All of it takes twice the memory. */
const CONTROLLERS = [
  "serviceaccount-token-controller",
  "serviceaccount-controller",
  "root-ca-certificate-publisher-controller",
  "clusterrole-aggregation-controller",
  "namespace-controller",
  "garbage-collector-controller",
  "pod-garbage-collector-controller",
  "daemonset-controller",
  "deployment-controller",
  "replicaset-controller",
  "endpointslice-controller",
];

/** Those that look after nodes with a real kubelet: taints of nodes that are not ready, and what runs there. */
const NODE_CONTROLLERS = ["node-lifecycle-controller", "taint-eviction-controller", "statefulset-controller", "job-controller"];

/** For programs of Kubernetes in a lab: a sixth less processor time for some more memory. */
export const GO_ENV = { GOGC: "400" } as const;

/** etcd takes Unix sockets only by a name in its working directory that looks like host:port. Nothing else can reach it there. */
const ETCD = "unix://localhost:2379";
const ETCD_PEER = "unix://localhost:2380";

/** The requests of pods' accounts, without their bodies. */
const AUDIT = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived", "ResponseStarted"],
  rules: [
    { level: "None", userGroups: ["system:serviceaccounts:kube-system", "system:masters", "system:nodes"] },
    { level: "Metadata", userGroups: ["system:serviceaccounts"] },
  ],
};

/**
 * The command lines of a real control plane. Certificates, keys and kubeconfigs are made in `dir` at the first call and kept.
 * A kill loses no acknowledged write although etcd does not call fsync: only a crash of the machine would.
 */
export async function prepareReal(place: ServerPlace): Promise<readonly Program[]> {
  const { dir } = place;
  const { etcd, apiserver, controllerManager, scheduler } = await ensureKube();
  await certificates(place);
  await Bun.write(`${dir}/audit.yaml`, JSON.stringify(AUDIT));
  const service = place.serviceCidrs.join(",");
  const loopback = place.address === "127.0.0.1" || place.address === "::1";
  const programs: readonly Program[] = [
    {
      name: "etcd",
      up: { socket: `${dir}/localhost:2379` },
      argv: [
        etcd,
        "--data-dir=etcd",
        `--listen-client-urls=${ETCD}`,
        `--advertise-client-urls=${ETCD}`,
        `--listen-peer-urls=${ETCD_PEER}`,
        `--initial-advertise-peer-urls=${ETCD_PEER}`,
        `--initial-cluster=default=${ETCD_PEER}`,
        "--unsafe-no-fsync",
      ],
    },
    {
      name: "kube-apiserver",
      up: { path: "/readyz" },
      argv: [
        apiserver,
        `--etcd-servers=${ETCD}`,
        `--bind-address=${place.address}`,
        `--secure-port=${place.port}`,
        `--advertise-address=${place.address}`,
        // A loopback address cannot be an endpoint of the Service "kubernetes", and where there is only that, nobody needs one.
        ...(loopback ? ["--endpoint-reconciler-type=none"] : []),
        `--tls-cert-file=${dir}/apiserver.crt`,
        `--tls-private-key-file=${dir}/apiserver.key`,
        `--client-ca-file=${dir}/ca.crt`,
        "--service-account-issuer=https://kubernetes.default.svc",
        `--service-account-key-file=${dir}/sa.pub`,
        `--service-account-signing-key-file=${dir}/sa.key`,
        `--service-cluster-ip-range=${service}`,
        "--authorization-mode=Node,RBAC",
        "--allow-privileged=true",
        "--kubelet-preferred-address-types=InternalIP",
        `--kubelet-client-certificate=${dir}/kubelet-client.crt`,
        `--kubelet-client-key=${dir}/kubelet-client.key`,
        "--profiling=false",
        // What accounts of pods ask for, and what they are answered: who wonders about rights or requests reads it.
        `--audit-policy-file=${dir}/audit.yaml`,
        `--audit-log-path=${dir}/audit.log`,
        ...place.flags,
      ],
    },
    {
      name: "kube-controller-manager",
      up: { path: "/api/v1/namespaces/default/serviceaccounts/default" },
      argv: [
        controllerManager,
        `--kubeconfig=${dir}/kube-controller-manager.kubeconfig`,
        `--controllers=${[...CONTROLLERS, ...(place.scheduler ? NODE_CONTROLLERS : [])].join(",")}`,
        `--service-account-private-key-file=${dir}/sa.key`,
        `--root-ca-file=${dir}/ca.crt`,
        "--use-service-account-credentials", // RBAC gives each controller rights of its own, and the manager itself next to none
        "--leader-elect=false",
        "--secure-port=0",
        "--profiling=false",
      ],
    },
    ...(place.scheduler ? [schedulerProgram(dir, scheduler)] : []),
  ];
  return programs.map((program) => ({ ...program, env: GO_ENV }));
}

/** Nodes with a real kubelet get their pods by a real scheduler, too. */
function schedulerProgram(dir: string, scheduler: string): Program {
  const flags = ["--leader-elect=false", "--secure-port=0", "--profiling=false"];
  return {
    name: "kube-scheduler",
    up: { path: "/readyz" },
    argv: [scheduler, `--kubeconfig=${dir}/kube-scheduler.kubeconfig`, ...flags],
  };
}

/** The authority and the key of the tokens are kept: all else is signed with them, and made anew as names and port may have changed. */
async function certificates({ dir, name, url, names }: ServerPlace): Promise<void> {
  const authority = Authority.from(await authorityIn(dir, name));
  if (!(await Bun.file(`${dir}/sa.key`).exists())) {
    const tokens = await signingKeys();
    await Bun.write(`${dir}/sa.pub`, tokens.public);
    await writeSecret(`${dir}/sa.key`, tokens.key);
  }
  const { cert, key } = await authority.issue({ user: "kube-apiserver", names });
  await Bun.write(`${dir}/apiserver.crt`, cert);
  await writeSecret(`${dir}/apiserver.key`, key);
  // By which it fetches logs from kubelets; upstream's installers use the same group.
  const toKubelets = await authority.issue({ user: "kube-apiserver-kubelet-client", groups: ["system:masters"] });
  await Bun.write(`${dir}/kubelet-client.crt`, toKubelets.cert);
  await writeSecret(`${dir}/kubelet-client.key`, toKubelets.key);
  const users = [
    { file: "admin", user: "admin", groups: ["system:masters"] },
    { file: "kube-controller-manager", user: "system:kube-controller-manager" },
    { file: "kube-scheduler", user: "system:kube-scheduler" },
  ];
  for (const { file, ...subject } of users) {
    const text = kubeConfig({ name, url, ca: authority.cert, user: await authority.issue(subject) });
    await writeSecret(`${dir}/${file}.kubeconfig`, text);
  }
}

async function authorityIn(dir: string, name: string): Promise<KeyPair> {
  const [key, cert] = [`${dir}/ca.key`, `${dir}/ca.crt`];
  if (!(await Bun.file(key).exists())) {
    const made = await Authority.create(`${name}-ca`);
    await Bun.write(cert, made.cert);
    await writeSecret(key, made.key);
  }
  return { key: await Bun.file(key).text(), cert: await Bun.file(cert).text() };
}
