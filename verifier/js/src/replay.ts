import { DEFAULT_REPLAY_ENTRIES } from './limits.js'

/** Remembers presentations that were established (section 11 of the
 * specification). Implement it to remember across reloads or between counters. */
export interface ReplayStore {
  /** Stores the key until a moment and tells whether it was stored already, in
   * one step: of two showings at once, one must be told true. Moments are
   * milliseconds since 1970. */
  seen(key: string, until: number, now: number): boolean | Promise<boolean>
}

/** A bounded memory of this page or process: the default. */
export class MemoryReplay implements ReplayStore {
  private readonly until = new Map<string, number>()
  /** Ends and keys, soonest first. */
  private readonly queue: [until: number, key: string][] = []

  /** When the memory is full, the entry that ends first makes room. */
  constructor(private readonly limit: number = DEFAULT_REPLAY_ENTRIES) {}

  seen(key: string, until: number, now: number): boolean {
    let ended = 0
    while (ended < this.queue.length && this.queue[ended]![0] < now) this.until.delete(this.queue[ended++]![1])
    if (ended) this.queue.splice(0, ended)
    if (this.until.has(key)) return true
    if (this.queue.length >= Math.max(this.limit, 1)) this.until.delete(this.queue.shift()![1])
    // Codes end in about the order in which they are shown, so the place is near the end.
    let at = this.queue.length
    while (at > 0 && this.queue[at - 1]![0] > until) at--
    this.queue.splice(at, 0, [until, key])
    this.until.set(key, until)
    return false
  }
}

/** Remembers nothing. Only for a caller that keeps its own record. */
export class UnsafeAcceptReplays implements ReplayStore {
  seen(): boolean {
    return false
  }
}
