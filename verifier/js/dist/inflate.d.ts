/** Why a stream is refused. */
export type InflateFault = 'too_large' | 'malformed';
/** Returns the message in a stream, or why the stream is refused. */
export declare function inflate(packed: Uint8Array): Uint8Array | InflateFault;
