import { MAX_AUDIENCE_MARKS, MAX_MARKS } from './limits.js'
import { assigned } from './unicode_gen.js'

// Which characters a text may have (sections 7 and 8 of the specification), by
// the categories of Unicode 15. An engine's own tables are newer: what was
// assigned later is refused, so that every checker answers alike.

/** Latin letters that nearly all names use. */
const VIETNAMESE = /^[ -{}~À-ÖØ-öø-ɏẠ-ỹ]*$/
const ALLOWED = /^[ -{}~°º²³№\p{L}\p{Nd}\p{Mn}\p{Mc}\p{P}\p{Sc}\p{Sm}]*$/u
/** Default ignorable code points and the replacement character. */
const IGNORABLE = /[\ufffd\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\u{e0000}-\u{e0fff}]/u
const BAR = /\|/
const MARKS = new RegExp(`\\p{M}{${MAX_MARKS + 1}}`, 'u')
const MANY_MARKS = new RegExp(`\\p{M}{${MAX_AUDIENCE_MARKS + 1}}`, 'u')
const PRINTABLE = /^[ \p{L}\p{M}\p{N}\p{P}\p{S}]*$/u
/** A symbol that shows nothing. */
const BLANK = '\u2800'

let edges: number[] | undefined

/** The first code point of each run that is assigned, then the first behind it, in turn. */
function decode(): number[] {
  const out: number[] = []
  let at = 0
  let step = 0
  for (const digit of assigned) {
    step = step * 26 + parseInt(digit, 36) - 10 // a to z, in either case
    if (digit < 'a') continue
    out.push((at += step))
    step = 0
  }
  return out
}

/** Reports whether every character is one of Unicode 15. */
export function isAssigned(s: string): boolean {
  const all = (edges ??= decode())
  return [...s].every((character) => all.filter((edge) => edge <= character.codePointAt(0)!).length % 2)
}

function isNFC(s: string): boolean {
  return s.normalize('NFC') === s
}

/** Reports whether a text is in NFC and of characters that a register may write. */
export function allowedText(s: string): boolean {
  if (VIETNAMESE.test(s)) return true // all of NFC, none a mark
  return ALLOWED.test(s) && !BAR.test(s) && !IGNORABLE.test(s) && !MARKS.test(s) && isAssigned(s) && isNFC(s)
}

/** Reports whether a text is in NFC and of characters that can be seen. */
export function readable(s: string): boolean {
  return PRINTABLE.test(s) && !IGNORABLE.test(s) && !s.includes(BLANK) && !MANY_MARKS.test(s) && isAssigned(s) && isNFC(s)
}
