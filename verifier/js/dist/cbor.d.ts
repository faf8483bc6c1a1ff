/** What the profile allows of CBOR (section 6 of the specification). An integer
 * is a bigint where a number would not be exact. */
export type Value = number | bigint | string | boolean | null | Uint8Array | Value[] | ValueMap;
export type ValueMap = Map<Value, Value>;
/** Reads one item and nothing behind it; undefined unless it is in the
 * deterministic encoding of what the profile allows. */
export declare function decodeCBOR(b: Uint8Array): Value | undefined;
/** Reports whether a value is an integer that fits into 64 bits with a sign. */
export declare function isInt64(v: Value | undefined): v is number | bigint;
/** Reports whether a value is an unsigned integer. */
export declare function isUnsigned(v: Value | undefined): v is number | bigint;
