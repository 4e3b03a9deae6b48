// SPDX-License-Identifier: Apache-2.0
import type { Command } from "commander";
import type { Io } from "./io.ts";

/** Takes the exit code of a command that ran to its end. */
export type Exit = (code: number) => void;

/** Adds one command to the program. */
export type AddCommand = (program: Command, io: Io, exit: Exit) => void;
