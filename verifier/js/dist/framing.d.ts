import type { Reason } from './reasons_gen.js';
/** Returns the message in the text of a QR (sections 2 to 4), or the reason of
 * a refusal. Nothing is trimmed and no case is folded. */
export declare function decodeText(text: unknown): Uint8Array | Reason;
