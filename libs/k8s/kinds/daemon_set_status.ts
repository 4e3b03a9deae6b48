// SPDX-License-Identifier: Apache-2.0
import * as v from "valibot";
import { optional } from "../kube_object.ts";
import { members, told } from "./custom_kind.ts";
import { flag, text, time, whole } from "./words.ts";

const containerState = members({
  running: optional(
    told(members({ startedAt: optional(time("Since when.")) }), "The container runs; it is not ready all the same."),
  ),
  waiting: optional(
    told(
      members({ reason: optional(text("Why, in one word.")), message: optional(text("Why, in a sentence.")) }),
      "The container has not started.",
    ),
  ),
  terminated: optional(
    told(
      members({
        containerID: optional(text("The runtime's name of the container.")),
        exitCode: whole("What it ended with.", "int32"),
        signal: optional(whole("The signal that ended it.", "int32")),
        reason: optional(text("Why, in one word.")),
        message: optional(text("Why, in a sentence.")),
        startedAt: optional(time("When it started.")),
        finishedAt: optional(time("When it ended.")),
      }),
      "The container has ended.",
    ),
  ),
});

const counts = members({
  currentNumberScheduled: whole("Nodes that should run a pod and do.", "int32"),
  desiredNumberScheduled: whole("Nodes that should run a pod.", "int32"),
  numberMisscheduled: whole("Nodes that run a pod and should not.", "int32"),
  numberReady: whole("Nodes whose pod is ready.", "int32"),
  numberAvailable: optional(whole("Nodes whose pod has been ready long enough.", "int32")),
  numberUnavailable: optional(whole("Nodes whose pod is missing or not ready.", "int32")),
  updatedNumberScheduled: optional(whole("Nodes whose pod is of the newest template.", "int32")),
  observedGeneration: optional(whole("The generation these numbers are about.", "int64")),
  collisionCount: optional(whole("How often a name was taken already.", "int32")),
  conditions: optional(
    told(
      v.array(
        members({
          type: text("What the condition is about."),
          status: text("True, False or Unknown."),
          lastTransitionTime: optional(time("When status last became another.")),
          reason: optional(text("Why, in one word.")),
          message: optional(text("Why, in a sentence.")),
        }),
      ),
      "Whether something about the DaemonSet holds.",
    ),
  ),
});

/** How one of our DaemonSets is, as the Submariner object tells it. */
export const daemonSetStatus = (description: string) =>
  optional(
    told(
      members({
        lastResourceVersion: optional(text("The version of the DaemonSet this is about.")),
        mismatchedContainerImages: flag("Whether pods run another image than the DaemonSet names."),
        nonReadyContainerStates: optional(told(v.array(containerState), "Why containers are not ready.")),
        status: optional(told(counts, "The DaemonSet's own status.")),
      }),
      description,
    ),
  );
