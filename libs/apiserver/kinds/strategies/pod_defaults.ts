// SPDX-License-Identifier: Apache-2.0
import type { JsonObject } from "../../patch/mod.ts";
import { objects, section, sectionIn, text } from "../api_object.ts";
import { fill } from "./defaulting.ts";

/** Fills the specification of a pod or of a pod template, as upstream does. */
export function fillPodSpec(spec: JsonObject): void {
  fill(spec, {
    restartPolicy: "Always",
    dnsPolicy: "ClusterFirst",
    terminationGracePeriodSeconds: 30,
    securityContext: {},
    schedulerName: "default-scheduler",
  });
  if (text(spec["serviceAccountName"])) fill(spec, { serviceAccount: text(spec["serviceAccountName"]) });
  for (const container of [...objects(spec["containers"]), ...objects(spec["initContainers"])]) fillContainer(container, spec);
  for (const volume of objects(spec["volumes"])) fillVolume(volume);
}

function fillContainer(container: JsonObject, spec: JsonObject): void {
  const image = text(container["image"]);
  const tag = image.split("/").at(-1)?.split(":")[1];
  const latest = !image.includes("@") && (tag === undefined || tag === "latest");
  fill(container, {
    resources: {},
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: latest ? "Always" : "IfNotPresent",
  });
  for (const port of objects(container["ports"])) {
    fill(port, { protocol: "TCP" });
    if (spec["hostNetwork"] === true) fill(port, { hostPort: port["containerPort"] ?? 0 });
  }
  for (const variable of objects(container["env"])) {
    const { fieldRef } = section(variable, "valueFrom") as { fieldRef?: JsonObject };
    if (fieldRef) fill(fieldRef, { apiVersion: "v1" });
  }
  for (const name of ["livenessProbe", "readinessProbe", "startupProbe"]) {
    if (container[name] === undefined) continue;
    const probe = sectionIn(container, name);
    fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
    if (probe["httpGet"] !== undefined) fill(sectionIn(probe, "httpGet"), { path: "/", scheme: "HTTP" });
  }
}

function fillVolume(volume: JsonObject): void {
  const kinds = Object.keys(volume).filter((name) => name !== "name");
  if (kinds.length === 0) volume["emptyDir"] = {};
  if (volume["hostPath"] !== undefined) fill(sectionIn(volume, "hostPath"), { type: "" });
  for (const name of ["secret", "configMap", "projected", "downwardAPI"]) {
    if (volume[name] !== undefined) fill(sectionIn(volume, name), { defaultMode: 420 });
  }
}
