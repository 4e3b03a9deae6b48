// SPDX-License-Identifier: Apache-2.0
import { type ClusterFile, type NodePart, ownNode, type Problem, partOf } from "@strait/model";
import { type AppContext, type Extra, forgetLast } from "@strait/node";

/**
 * Takes away what a gateway app kept of this node once the node leads to the other clusters without it (docs/adr/0010). One that
 * starts here later, with the label back, would go on from what was: it would steer by gateways that are gone until it has heard
 * the API server.
 *
 * @example
 * const memory = new GatewayMemory(context);
 * memory.applied(); // after every pass of the loop
 */
export class GatewayMemory implements Extra {
  readonly name = "gateway memory";
  readonly #context: Pick<AppContext, "env" | "state" | "log">;
  /** Looked at last: passes are many, nodes may be thousands, and the list is the same one where none changed. */
  #nodes: ClusterFile["nodes"] | undefined;
  #part: NodePart | undefined;
  #failure: string | undefined;

  constructor(context: Pick<AppContext, "env" | "state" | "log">) {
    this.#context = context;
  }

  start(): void {}

  async stop(): Promise<void> {}

  problems(): readonly Problem[] {
    return this.#failure === undefined ? [] : [{ object: this.name, reason: this.#failure }];
  }

  applied(): void {
    const { env, state, log } = this.#context;
    const file = state.applied?.file;
    if (!file || (file.nodes === this.#nodes && this.#failure === undefined)) return;
    this.#nodes = file.nodes;
    const part = partOf(ownNode(file));
    if (part === this.#part && this.#failure === undefined) return;
    this.#part = part;
    if (part === "gateway") return;
    try {
      const files = forgetLast(["gateway"], env);
      this.#failure = undefined;
      if (files.length > 0) log.info("what a gateway kept here is removed: this node is none any more", { file: files[0] });
    } catch (error) {
      const said = error instanceof Error ? error.message : error;
      this.#failure = `what a gateway kept here cannot be removed, and one that starts again would go on from it: ${said}`;
    }
  }
}
