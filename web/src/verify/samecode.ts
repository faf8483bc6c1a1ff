/** Milliseconds without a code after which whatever comes is a new showing. */
const GAP = 1200

/** Keeps a code that is still held before the camera from being taken for a
 * second showing: right after a check the same code is passed over until it has
 * been out of sight. A real second showing, after that, is refused as replayed. */
export class SameCode {
  private text: string | undefined
  private lastAt = -Infinity

  /** The text is being checked. */
  checked(text: string): void {
    this.text = text
    this.lastAt = Infinity // until frames are read again
  }

  /** Reports whether a text in a frame is the one that was just checked. */
  seen(text: string, frameAt: number): boolean {
    if (text !== this.text) return false
    if (frameAt - this.lastAt > GAP) {
      this.text = undefined
      return false
    }
    this.lastAt = frameAt
    return true
  }

  /** The same text may count at its next showing: the check told of something that
   * can be mended at once. */
  forget(): void {
    this.text = undefined
  }

  /** A frame without that code. */
  nothing(frameAt: number): void {
    if (this.lastAt === Infinity) this.lastAt = frameAt // counts from the first frame after the check
    else if (frameAt - this.lastAt > GAP) this.text = undefined
  }
}
