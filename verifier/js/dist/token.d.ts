import { type Value } from './cbor.js';
export interface Token {
    /** Seconds since 1970. */
    expiresAt: number;
    issuedAt: number;
    /** '' for whoever checks. */
    audience: string;
    id?: Uint8Array;
    nonce?: Uint8Array;
    /** Bound to a device (cnf). */
    bound: boolean;
    documents?: TokenDocument[];
}
/** A document by its wire code, its fields by wire key in rising order. */
export interface TokenDocument {
    code: number | bigint;
    fields: [key: number | bigint, value: Value][];
}
/** Reads a payload strictly; undefined if it is malformed. */
export declare function parsePayload(payload: Uint8Array): Token | undefined;
