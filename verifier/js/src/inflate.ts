import { dictionary } from './dictionary.js'
import { MAX_MESSAGE } from './limits.js'

// Raw DEFLATE (RFC 1951) with dictionary 1, as section 4 of the specification
// wants it: a stream that is invalid, cut short or followed by a byte is
// refused, and so is one that inflates past the limit. The decoder follows Mark
// Adler's puff. It stands here, and no library in its place, because the small
// ones do not check a stream: they take Huffman codes that are not complete, a
// stored block with a wrong length and bytes behind the end, so that a code
// would pass here and be refused by every other checker.

/** Why a stream is refused. */
export type InflateFault = 'too_large' | 'malformed'

const MAX_BITS = 15
const MAX_LITERALS = 286
const MAX_DISTANCES = 30
const END_OF_BLOCK = 256

/** The order in which lengths of code lengths are sent (RFC 1951 section 3.2.7). */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/** Bases and extra bits of the length codes 257 to 285 and of distances. */
const LENGTH_BASE: number[] = []
const LENGTH_BITS: number[] = []
const DISTANCE_BASE: number[] = []
const DISTANCE_BITS: number[] = []
for (let code = 0, length = 3; code < 28; code++) {
  LENGTH_BASE[code] = length
  LENGTH_BITS[code] = code < 8 ? 0 : (code >> 2) - 1
  length += 1 << LENGTH_BITS[code]!
}
LENGTH_BASE[28] = 258
LENGTH_BITS[28] = 0
for (let code = 0, distance = 1; code < MAX_DISTANCES; code++) {
  DISTANCE_BASE[code] = distance
  DISTANCE_BITS[code] = code < 4 ? 0 : (code >> 1) - 1
  distance += 1 << DISTANCE_BITS[code]!
}

/** A canonical Huffman code: how many codes each length has, and the symbols in their order. */
interface Code {
  count: Uint16Array
  symbols: Uint16Array
}

class Fault {
  constructor(readonly code: InflateFault) {}
}

function refuse(code: InflateFault = 'malformed'): never {
  throw new Fault(code)
}

/** Makes a code of the lengths of its symbols. It must be complete, or a single
 * symbol of length 1, or empty: what is over- or undersubscribed is refused. */
function construct(lengths: ArrayLike<number>): Code {
  const count = new Uint16Array(MAX_BITS + 1)
  for (let i = 0; i < lengths.length; i++) count[lengths[i]!]!++
  const used = lengths.length - count[0]!
  let left = 1
  const offset = new Uint16Array(MAX_BITS + 2)
  for (let n = 1; n <= MAX_BITS; n++) {
    left = left * 2 - count[n]!
    if (left < 0) refuse()
    offset[n + 1] = offset[n]! + count[n]!
  }
  if (left > 0 && used > 0 && !(used === 1 && count[1] === 1)) refuse()
  const symbols = new Uint16Array(used)
  for (let i = 0; i < lengths.length; i++) {
    if (lengths[i]) symbols[offset[lengths[i]!]!++] = i
  }
  return { count, symbols }
}

const fixedLengths = new Uint8Array(288)
fixedLengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280)
let fixed: [literals: Code, distances: Code] | undefined

/** Output behind the dictionary, with room for one match more than the limit. */
const history = dictionary.length
const end = history + MAX_MESSAGE
const window = new Uint8Array(end + 258)

/** Reads one stream. */
function read(packed: Uint8Array): Uint8Array {
  let at = 0 // in bits
  let out = history

  // Bits past the end are read as zeros: no block goes on for ever, and whoever
  // has read one of them is told at the end of the stream, or of the room.
  function bits(n: number): number {
    let value = 0
    for (let i = 0; i < n; i++, at++) value |= ((packed[at >> 3]! >> (at & 7)) & 1) << i
    return value
  }

  function symbol({ count, symbols }: Code): number {
    let code = 0
    let first = 0
    let index = 0
    for (let n = 1; n <= MAX_BITS; n++) {
      code |= (packed[at >> 3]! >> (at++ & 7)) & 1
      const these = count[n]!
      if (code - these < first) return symbols[index + code - first]!
      index += these
      first = (first + these) << 1
      code <<= 1
    }
    return refuse()
  }

  function stored(): void {
    at = (at + 7) & ~7
    const length = bits(16)
    if ((bits(16) ^ 0xffff) !== length) refuse()
    const from = at >> 3
    const part = packed.subarray(from, from + length)
    if (out + part.length > end) refuse('too_large')
    if (part.length < length) refuse()
    window.set(part, out)
    out += length
    at += length * 8
  }

  function dynamic(): void {
    const literals = bits(5) + 257
    const distances = bits(5) + 1
    const sent = bits(4) + 4
    if (literals > MAX_LITERALS || distances > MAX_DISTANCES) refuse()
    const lengths = new Uint8Array(19)
    for (let i = 0; i < sent; i++) lengths[ORDER[i]!] = bits(3)
    const code = construct(lengths)
    const all = new Uint8Array(literals + distances)
    for (let i = 0; i < all.length; ) {
      const next = symbol(code)
      if (next < 16) {
        all[i++] = next
        continue
      }
      if (next === 16 && i === 0) refuse()
      const value = next === 16 ? all[i - 1]! : 0
      const repeat = next === 16 ? 3 + bits(2) : next === 17 ? 3 + bits(3) : 11 + bits(7)
      if (i + repeat > all.length) refuse()
      all.fill(value, i, (i += repeat))
    }
    block(construct(all.subarray(0, literals)), construct(all.subarray(literals)))
  }

  function block(literals: Code, distances: Code): void {
    for (;;) {
      const next = symbol(literals)
      if (next < END_OF_BLOCK) window[out++] = next
      else if (next === END_OF_BLOCK) return
      else match(next - 257, distances)
      if (out > end) refuse(at > packed.length * 8 ? 'malformed' : 'too_large')
    }
  }

  function match(code: number, distances: Code): void {
    if (code > 28) refuse()
    const length = LENGTH_BASE[code]! + bits(LENGTH_BITS[code]!)
    const far = symbol(distances)
    if (far >= MAX_DISTANCES) refuse()
    const distance = DISTANCE_BASE[far]! + bits(DISTANCE_BITS[far]!)
    if (distance > out) refuse()
    for (let i = 0; i < length; i++, out++) window[out] = window[out - distance]!
  }

  for (let last = 0; !last; ) {
    last = bits(1)
    const type = bits(2)
    if (type === 0) stored()
    else if (type === 1) {
      fixed ??= [construct(fixedLengths), construct(new Uint8Array(32).fill(5))]
      block(...fixed)
    } else if (type === 2) dynamic()
    else refuse()
  }
  if ((at + 7) >> 3 !== packed.length) refuse()
  return window.slice(history, out)
}

/** Returns the message in a stream, or why the stream is refused. */
export function inflate(packed: Uint8Array): Uint8Array | InflateFault {
  window.set(dictionary)
  try {
    return read(packed)
  } catch (e) {
    if (e instanceof Fault) return e.code
    throw e
  }
}
