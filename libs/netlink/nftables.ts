// SPDX-License-Identifier: Apache-2.0

import { Attributes } from "./attributes.ts";
import { readFixed } from "./bytes.ts";
import { type Channel, readAll } from "./channel.ts";
import { NETLINK, NLM_F } from "./constants.ts";
import { reading } from "./malformed.ts";
import type { NetlinkOptions } from "./netlink.ts";
import { type BatchMessage, NetlinkSocket } from "./netlink_socket.ts";
import { decodeNftChain, NFGENMSG, type NftChain, type NftFamily, readBe32 } from "./nft_chain.ts";
import { NFNL_MSG_BATCH, NFNL_SUBSYS_NFTABLES, NFT_MSG, NFTA_GEN_ID } from "./nft_constants.ts";
import { encodeChain, encodeRule, encodeRuleDump, encodeTable, type NewNftChain, nfgenmsg, nftType } from "./nft_request.ts";
import { decodeNftRule, type NftRule } from "./nft_rule.ts";
import { expecting } from "./outcome.ts";

/** A table of one's own, whole. */
export interface NewNftTable {
  readonly family: NftFamily;
  readonly name: string;
  readonly chains: readonly NewNftChain[];
}

/**
 * nf_tables of this process's namespace by nfnetlink: what filters there are, and a table of one's own. Synchronous, as `Netlink`.
 *
 * @example
 * using nftables = Nftables.open();
 * const filters = nftables?.chains().filter(({ base }) => base?.hook === "forward");
 */
export class Nftables implements Disposable {
  readonly #channel: Channel;

  private constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** Undefined where the kernel has no nf_tables. */
  static open({ unreadable = () => {} }: NetlinkOptions = {}): Nftables | undefined {
    const open = () => new Nftables({ socket: new NetlinkSocket(NETLINK.NETFILTER), unreadable });
    const nftables = expecting(["EPROTONOSUPPORT"], open, undefined);
    let has = false;
    try {
      // The kernel refuses messages to a subsystem that it does not have and cannot load.
      has = expecting(["EINVAL", "EOPNOTSUPP"], () => nftables !== undefined && nftables.generation() >= 0, false);
    } finally {
      if (!has) nftables?.close();
    }
    return has ? nftables : undefined;
  }

  close(): void {
    this.#channel.socket.close();
  }
  [Symbol.dispose](): void {
    this.close();
  }

  /** Another number after every change by anybody. */
  generation(): number {
    const ask = { verb: "read", object: "the generation of nf_tables" };
    const [answer] = this.#channel.socket.request(ask, nftType(NFT_MSG.GETGEN), 0, nfgenmsg(0));
    if (!answer) throw new Error("the kernel does not tell the generation of nf_tables");
    const read = reading("a generation", () =>
      readBe32(Attributes.parse(readFixed(answer.payload, NFGENMSG).rest).bytes(NFTA_GEN_ID)),
    );
    if (!read.ok || read.value === undefined) throw new Error(read.ok ? "a generation without a number" : read.reason);
    return read.value >>> 0;
  }

  /** Chains of every table for IP, whoever made them. */
  chains(): NftChain[] {
    const messages = this.#channel.socket.dump(
      { verb: "list", object: "chains of nf_tables" },
      nftType(NFT_MSG.GETCHAIN),
      nfgenmsg(0),
    );
    return readAll(this.#channel, messages, nftType(NFT_MSG.NEWCHAIN), decodeNftChain).filter((chain) => chain !== undefined);
  }

  /** Rules of a chain in order; none where it is gone. */
  rules({ family, table, name }: NftChain): NftRule[] {
    const purpose = { verb: "list", object: `rules of chain ${name} in table ${family} ${table}` };
    const ask = () => this.#channel.socket.dump(purpose, nftType(NFT_MSG.GETRULE), ...encodeRuleDump(family, table, name));
    const messages = expecting(["ENOENT"], ask, []);
    return readAll(this.#channel, messages, nftType(NFT_MSG.NEWRULE), decodeNftRule)
      .filter((rule) => rule !== undefined)
      .filter((rule) => rule.family === family && rule.table === table && rule.chain === name);
  }

  /**
   * Puts a table in the place of the one of that name, in one step: no packet meets neither, and nothing changes where one part fails.
   * Where there was none, nobody is told that one went.
   */
  replaceTable(wanted: NewNftTable): void {
    const { family, name, chains } = wanted;
    const payload = encodeTable(family, name);
    const old: BatchMessage = { type: NFT_MSG.DELTABLE, flags: 0, payload };
    const create: BatchMessage = { type: NFT_MSG.NEWTABLE, flags: NLM_F.CREATE, payload };
    const fresh = chains.flatMap((chain): BatchMessage[] => [
      { type: NFT_MSG.NEWCHAIN, flags: NLM_F.CREATE, payload: encodeChain(family, name, chain) },
      ...chain.rules.map((rule) => ({
        type: NFT_MSG.NEWRULE,
        flags: NLM_F.CREATE | NLM_F.APPEND,
        payload: encodeRule(family, name, chain.name, rule),
      })),
    ]);
    const purpose = { verb: "make", object: `table ${family} ${name}` };
    const alone = { ...create, flags: create.flags | NLM_F.EXCL };
    // What is deleted must be there, and may have gone meanwhile; to make a table that is there changes nothing.
    const instead = [create, old, create, ...fresh];
    const made = expecting(["EEXIST"], () => this.#transact(purpose, [alone, ...fresh]), false);
    if (!made) this.#transact(purpose, instead);
  }

  /** False where there was none. */
  deleteTable(family: NftFamily, name: string): boolean {
    const message = { type: NFT_MSG.DELTABLE, flags: 0, payload: encodeTable(family, name) };
    const purpose = { verb: "delete", object: `table ${family} ${name}` };
    return expecting(["ENOENT"], () => this.#transact(purpose, [message]), false);
  }

  /** All of them or none. */
  #transact(purpose: { verb: string; object: string }, messages: readonly BatchMessage[]): boolean {
    const border = (type: number): BatchMessage => ({ type, flags: 0, payload: [nfgenmsg(0, NFNL_SUBSYS_NFTABLES)] });
    this.#channel.socket.batch(purpose, border(NFNL_MSG_BATCH.BEGIN), border(NFNL_MSG_BATCH.END), [
      ...messages.map((message) => ({ ...message, type: nftType(message.type) })),
    ]);
    return true;
  }
}
