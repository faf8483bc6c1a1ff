export type Members = Record<string, unknown>;
/** The members of a JSON object; undefined for anything else. */
export declare function members(v: unknown): Members | undefined;
/** Reads one JSON object in its one reading, and nothing behind it. */
export declare function parse(bytes: Uint8Array | undefined): Members | undefined;
/** Returns the payload if this very key signed it as something of that type. */
export declare function openJWS(text: string, key: CryptoKey, type: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
