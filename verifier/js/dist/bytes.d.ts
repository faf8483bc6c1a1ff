/** Decodes base64url without padding in its one spelling (RFC 4648 section 3.5);
 * undefined for anything else. */
export declare function fromBase64url(s: unknown): Uint8Array<ArrayBuffer> | undefined;
export declare function toBase64url(b: Uint8Array): string;
/** The UTF-8 of a text. */
export declare function utf8(s: string): Uint8Array<ArrayBuffer>;
