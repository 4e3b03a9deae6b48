// SPDX-License-Identifier: Apache-2.0

import { printVerdicts, type Wiring } from "@strait/node";
import { AgentPlanner } from "@strait/plan";

/**
 * Who talks to whom: facts of the dataplane and the config go to a `AgentPlanner`, its plan goes back to the dataplane. The
 * dataplane is loaded when it is opened, so that a bad config is told without the compiled parts.
 */
export const wiring: Wiring = {
  planner: () => new AgentPlanner(),
  open: async (options) => (await import("@strait/dataplane")).openDataplane(options),
  uninstall: async (options) => (await import("@strait/dataplane")).uninstallDataplane(options),
  trace: printVerdicts,
};
