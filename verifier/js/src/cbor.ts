import { MAX_DEPTH, MAX_ELEMENTS } from './limits.js'

/** What the profile allows of CBOR (section 6 of the specification). An integer
 * is a bigint where a number would not be exact. */
export type Value = number | bigint | string | boolean | null | Uint8Array | Value[] | ValueMap
export type ValueMap = Map<Value, Value>

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const UNSIGNED = 0
const NEGATIVE = 1
const BYTES = 2
const TEXT = 3
const ARRAY = 4
const MAP = 5
const SIMPLE = 7

class Malformed {}

/** One payload being read. Heads must be in their shortest form and the keys of
 * a map must rise bytewise (RFC 8949 section 4.2.1). */
class Reader {
  at = 0
  private argument: number | bigint = 0

  constructor(private readonly b: Uint8Array) {}

  /** Reads a head into argument and returns the major type. */
  private head(): number {
    const first = this.b[this.at++]
    if (first === undefined) throw new Malformed()
    const short = first & 31
    const major = first >> 5
    if (short < 24) {
      this.argument = short
      return major
    }
    // Floats, simple values past one byte, reserved and indefinite lengths.
    if (major === SIMPLE || short > 27) throw new Malformed()
    const size = 1 << (short - 24)
    if (this.at + size > this.b.length) throw new Malformed()
    let n = 0
    for (let i = 0; i < Math.min(size, 4); i++) n = n * 256 + this.b[this.at + i]!
    let least = size === 1 ? 24 : 2 ** (size * 4)
    if (size === 8) {
      let low = 0
      for (let i = 4; i < 8; i++) low = low * 256 + this.b[this.at + i]!
      least = 1 // of the upper half: the number is 2^32 or more
      this.argument = n < 2 ** 21 ? n * 2 ** 32 + low : (BigInt(n) << 32n) | BigInt(low)
    } else this.argument = n
    if (n < least) throw new Malformed()
    this.at += size
    return major
  }

  item(depth: number): Value {
    if (depth === 0) throw new Malformed()
    const major = this.head()
    const n = this.argument
    if (major === UNSIGNED) return n
    if (major === NEGATIVE) return negative(n)
    if (major === SIMPLE) {
      if (n === 20 || n === 21) return n === 21
      if (n === 22) return null
      throw new Malformed()
    }
    // A count or length that is no number is far past the end of any payload.
    if (typeof n !== 'number') throw new Malformed()
    if (major === BYTES) return this.bytes(n)
    if (major === TEXT) return text(this.bytes(n))
    if (n > MAX_ELEMENTS) throw new Malformed()
    if (major === ARRAY) {
      const list: Value[] = []
      for (let i = 0; i < n; i++) list.push(this.item(depth - 1))
      return list
    }
    if (major === MAP) return this.map(n, depth - 1)
    throw new Malformed() // a tag
  }

  private bytes(n: number): Uint8Array {
    if (n > this.b.length - this.at) throw new Malformed()
    return this.b.subarray(this.at, (this.at += n))
  }

  private map(pairs: number, depth: number): ValueMap {
    const map: ValueMap = new Map()
    let last: Uint8Array | undefined
    for (let i = 0; i < pairs; i++) {
      const from = this.at
      const key = this.item(depth)
      const encoded = this.b.subarray(from, this.at)
      if (Array.isArray(key) || key instanceof Map || (last && compare(last, encoded) >= 0)) throw new Malformed()
      last = encoded
      map.set(key, this.item(depth))
    }
    return map
  }
}

function negative(n: number | bigint): number | bigint {
  if (typeof n === 'number' && n < Number.MAX_SAFE_INTEGER) return -1 - n
  const value = -1n - BigInt(n)
  if (value < -(2n ** 63n)) throw new Malformed()
  return value
}

function text(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new Malformed()
  }
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!
  }
  return a.length - b.length
}

/** Reads one item and nothing behind it; undefined unless it is in the
 * deterministic encoding of what the profile allows. */
export function decodeCBOR(b: Uint8Array): Value | undefined {
  const reader = new Reader(b)
  try {
    const value = reader.item(MAX_DEPTH)
    return reader.at === b.length ? value : undefined
  } catch (e) {
    if (e instanceof Malformed) return undefined
    throw e
  }
}

/** The largest integer of the catalogue's types (section 8). */
const MAX_INT64 = 2n ** 63n - 1n

/** Reports whether a value is an integer that fits into 64 bits with a sign. */
export function isInt64(v: Value | undefined): v is number | bigint {
  return typeof v === 'number' || (typeof v === 'bigint' && v <= MAX_INT64)
}

/** Reports whether a value is an unsigned integer. */
export function isUnsigned(v: Value | undefined): v is number | bigint {
  return (typeof v === 'number' || typeof v === 'bigint') && v >= 0
}
