export interface Message {
    /** The first bytes of the key's thumbprint, as hexadecimal digits. */
    readonly keyID: string;
    readonly payload: Uint8Array;
    readonly signature: Uint8Array<ArrayBuffer>;
    /** Sig_structure: the bytes that were signed. */
    readonly signed: Uint8Array<ArrayBuffer>;
}
export declare function hex(b: Uint8Array): string;
/** Takes a message apart; undefined if it is not of this profile. */
export declare function parseMessage(b: Uint8Array): Message | undefined;
