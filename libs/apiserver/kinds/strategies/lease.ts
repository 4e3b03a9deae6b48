// SPDX-License-Identifier: Apache-2.0
import { invalidValue } from "../../http/status_error.ts";
import { section } from "../api_object.ts";
import type { Strategy } from "./strategy.ts";

export const lease: Strategy = {
  validate(object) {
    const { leaseDurationSeconds: seconds, leaseTransitions: transitions } = section(object, "spec");
    const causes = [];
    if (typeof seconds === "number" && seconds <= 0)
      causes.push(invalidValue("spec.leaseDurationSeconds", seconds, "must be greater than 0"));
    if (typeof transitions === "number" && transitions < 0)
      causes.push(invalidValue("spec.leaseTransitions", transitions, "must be greater than or equal to 0"));
    return causes;
  },
};
