/** Remembers presentations that were established (section 11 of the
 * specification). Implement it to remember across reloads or between counters. */
export interface ReplayStore {
    /** Stores the key until a moment and tells whether it was stored already, in
     * one step: of two showings at once, one must be told true. Moments are
     * milliseconds since 1970. */
    seen(key: string, until: number, now: number): boolean | Promise<boolean>;
}
/** A bounded memory of this page or process: the default. */
export declare class MemoryReplay implements ReplayStore {
    private readonly limit;
    private readonly until;
    /** Ends and keys, soonest first. */
    private readonly queue;
    /** When the memory is full, the entry that ends first makes room. */
    constructor(limit?: number);
    seen(key: string, until: number, now: number): boolean;
}
/** Remembers nothing. Only for a caller that keeps its own record. */
export declare class UnsafeAcceptReplays implements ReplayStore {
    seen(): boolean;
}
