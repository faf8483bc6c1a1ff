/** A public P-256 key with its RFC 7638 thumbprint. */
export interface NamedKey {
    /** base64url without padding. */
    readonly thumbprint: string;
    /** The first four bytes of the thumbprint, as hexadecimal digits. */
    readonly id: string;
    readonly key: CryptoKey;
    /** Its public members, to be stored. */
    readonly jwk: JsonWebKey;
}
export declare function sha256(b: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
/** Reads a public P-256 key from a JWK. One with a private part, of another type
 * or curve, for another use or algorithm, or with a kid that is not its
 * thumbprint gives undefined. */
export declare function parseKey(jwk: unknown): Promise<NamedKey | undefined>;
/** Reports whether the key made an ES256 signature (r and s, 32 bytes each). */
export declare function verifies(key: CryptoKey, signature: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>): Promise<boolean>;
