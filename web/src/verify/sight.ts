import { classify } from './classify.js'
import { SameCode } from './samecode.js'

/** Frames in a row in which something that is no Giayto code must stand alone
 * before it is judged: a sticker at the counter is often in view first. */
const STRANGER_FRAMES = 6

/** What to do about a frame. */
export type Sight = { readonly judge: string } | { readonly hint: 'several' | 'just_checked' } | undefined

/** Decides which code of what the camera sees is meant. */
export class CodesInSight {
  private readonly same = new SameCode()
  private stranger: string | undefined
  private frames = 0

  /** Looks at the texts of one frame. */
  look(texts: readonly string[], frameAt: number): Sight {
    const ours = [...new Set(texts.filter((text) => classify(text) === 'giayto'))]
    const fresh = ours.filter((text) => !this.same.seen(text, frameAt))
    if (fresh.length === ours.length) this.same.nothing(frameAt)
    if (ours.length > 1) return { hint: 'several' }
    if (ours.length === 1) {
      this.stranger = undefined
      return fresh.length ? { judge: ours[0]! } : { hint: 'just_checked' }
    }
    return this.lookAtStranger(texts[0])
  }

  private lookAtStranger(text: string | undefined): Sight {
    this.frames = text !== undefined && text === this.stranger ? this.frames + 1 : 1
    this.stranger = text
    if (text === undefined || this.frames < STRANGER_FRAMES) return undefined
    this.stranger = undefined
    return { judge: text }
  }

  /** A text was checked. Only what cannot become better by being shown again, a
   * code that was used up, is passed over while it is still held. */
  checked(text: string, usedUp: boolean): void {
    if (usedUp) this.same.checked(text)
    else this.same.forget()
    this.stranger = undefined
  }
}
