/** Dictionary 1: 3996 bytes that never change. */
export declare const dictionary: Uint8Array<ArrayBuffer>;
