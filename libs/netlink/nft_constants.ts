// SPDX-License-Identifier: Apache-2.0

/** Subsystem of nf_tables, high byte of a message type (linux/netfilter/nfnetlink.h). */
export const NFNL_SUBSYS_NFTABLES = 10;

/** What stands around messages that take effect together (linux/netfilter/nfnetlink.h). */
export const NFNL_MSG_BATCH = { BEGIN: 16, END: 17 } as const;

/** Multicast group of changes of nf_tables (linux/netfilter/nfnetlink.h). */
export const NFNLGRP_NFTABLES = 7;

/** Message types of nf_tables, low byte (linux/netfilter/nf_tables.h, as all that follows). */
export const NFT_MSG = {
  NEWTABLE: 0,
  DELTABLE: 2,
  NEWCHAIN: 3,
  GETCHAIN: 4,
  DELCHAIN: 5,
  NEWRULE: 6,
  GETRULE: 7,
  DELRULE: 8,
  GETGEN: 16,
} as const;

/** Families of tables (linux/netfilter.h). */
export const NFPROTO = { inet: 1, ip: 2, ip6: 10 } as const;

export const NFTA_LIST_ELEM = 1;
export const NFTA_TABLE = { NAME: 1 } as const;
export const NFTA_CHAIN = { TABLE: 1, NAME: 3, HOOK: 4, POLICY: 5, TYPE: 7 } as const;
export const NFTA_HOOK = { HOOKNUM: 1, PRIORITY: 2 } as const;
export const NFTA_RULE = { TABLE: 1, CHAIN: 2, EXPRESSIONS: 4, USERDATA: 7 } as const;
export const NFTA_GEN_ID = 1;
export const NFTA_EXPR = { NAME: 1, DATA: 2 } as const;
export const NFTA_DATA = { VALUE: 1, VERDICT: 2 } as const;
export const NFTA_VERDICT = { CODE: 1, CHAIN: 2 } as const;
export const NFTA_IMMEDIATE = { DREG: 1, DATA: 2 } as const;
export const NFTA_LOOKUP = { SET: 1, DREG: 3 } as const;
export const NFTA_TARGET_NAME = 1;
export const NFTA_PAYLOAD = { DREG: 1, BASE: 2, OFFSET: 3, LEN: 4 } as const;
export const NFTA_CMP = { SREG: 1, OP: 2, DATA: 3 } as const;
export const NFTA_BITWISE = { SREG: 1, DREG: 2, LEN: 3, MASK: 4, XOR: 5 } as const;
export const NFTA_META = { DREG: 1, KEY: 2 } as const;
export const NFTA_CT = { DREG: 1, KEY: 2 } as const;
export const NFTA_NAT = { TYPE: 1, FAMILY: 2, REG_ADDR_MIN: 3 } as const;

/** Verdicts beside those of netfilter, which are zero and above: 0 drop, 1 accept, 3 queue. */
export const NFT_VERDICT = { CONTINUE: -1, BREAK: -2, JUMP: -3, GOTO: -4, RETURN: -5 } as const;

/** Registers: the one for verdicts, and the first of 16 bytes. */
export const NFT_REG = { VERDICT: 0, ONE: 1 } as const;
