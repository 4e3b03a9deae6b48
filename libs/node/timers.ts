// SPDX-License-Identifier: Apache-2.0
export { systemTimers, type Timers } from "@strait/time";
