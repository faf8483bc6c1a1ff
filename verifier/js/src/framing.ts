import { utf8 } from './bytes.js'
import { inflate } from './inflate.js'
import { MAX_TEXT } from './limits.js'
import type { Reason } from './reasons_gen.js'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const NONE = 255

/** The value of each ASCII character, or NONE. */
const values = new Uint8Array(128).fill(NONE)
for (let i = 0; i < ALPHABET.length; i++) values[ALPHABET.charCodeAt(i)] = i

function valueAt(text: string, i: number): number {
  return values[text.charCodeAt(i)] ?? NONE
}

/** Base45 of RFC 9285 from a position on; undefined unless it is canonical. */
function fromBase45(text: string, from: number): Uint8Array | undefined {
  const length = text.length - from
  if (length % 3 === 1) return undefined
  const out = new Uint8Array(Math.floor(length / 3) * 2 + (length % 3 ? 1 : 0))
  let at = 0
  let i = from
  for (; i + 3 <= text.length; i += 3) {
    const a = valueAt(text, i)
    const b = valueAt(text, i + 1)
    const c = valueAt(text, i + 2)
    const n = a + b * 45 + c * 2025
    if (a === NONE || b === NONE || c === NONE || n > 0xffff) return undefined
    out[at++] = n >> 8
    out[at++] = n
  }
  if (i < text.length) {
    const a = valueAt(text, i)
    const b = valueAt(text, i + 1)
    const n = a + b * 45
    if (a === NONE || b === NONE || n > 0xff) return undefined
    out[at] = n
  }
  return out
}

/** Reports whether a text has more bytes of UTF-8 than a code may have. */
function tooLong(text: string): boolean {
  // A UTF-16 unit takes one to three bytes: most answers need no counting.
  if (text.length > MAX_TEXT) return true
  return text.length * 3 > MAX_TEXT && utf8(text).length > MAX_TEXT
}

/** Returns the message in the text of a QR (sections 2 to 4), or the reason of
 * a refusal. Nothing is trimmed and no case is folded. */
export function decodeText(text: unknown): Uint8Array | Reason {
  if (typeof text !== 'string') return 'not_giayto'
  if (tooLong(text)) return 'too_large'
  const prefix = /^VN[0-9]+:/.exec(text)?.[0]
  if (!prefix) return 'not_giayto'
  if (prefix !== 'VN1:' && prefix !== 'VN2:') return 'unsupported_version'
  const bytes = fromBase45(text, prefix.length)
  if (!bytes) return 'malformed'
  const message = prefix === 'VN2:' ? inflate(bytes) : bytes
  return message.length ? message : 'malformed'
}
