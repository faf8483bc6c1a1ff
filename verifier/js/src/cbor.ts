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

/** Reads one payload. Heads must be in their shortest form and the keys of a map
 * must rise bytewise (RFC 8949 section 4.2.1). */
function read(b: Uint8Array): Value {
  let at = 0
  let argument: number | bigint = 0

  function take(n: number): Uint8Array {
    if (n > b.length - at) throw new Malformed()
    return b.subarray(at, (at += n))
  }

  /** Reads a head into argument and returns the major type. */
  function head(): number {
    const first = take(1)[0]!
    const short = first & 31
    const major = first >> 5
    argument = short
    if (short < 24) return major
    // Floats, simple values past one byte, reserved and indefinite lengths.
    if (major === SIMPLE || short > 27) throw new Malformed()
    const size = 1 << (short - 24)
    let n = 0 // past 2^53 it is not exact, but it never comes back
    for (const byte of take(size)) n = n * 256 + byte
    if (n < (size === 1 ? 24 : 2 ** (size * 4))) throw new Malformed()
    argument = n > Number.MAX_SAFE_INTEGER ? new DataView(b.buffer, b.byteOffset + at - size).getBigUint64(0) : n
    return major
  }

  function map(pairs: number, depth: number): ValueMap {
    const out: ValueMap = new Map()
    let last: Uint8Array | undefined
    for (let i = 0; i < pairs; i++) {
      const from = at
      const key = item(depth)
      const encoded = b.subarray(from, at)
      if (Array.isArray(key) || key instanceof Map || (last && compare(last, encoded) >= 0)) throw new Malformed()
      last = encoded
      out.set(key, item(depth))
    }
    return out
  }

  function item(depth: number): Value {
    if (depth === 0) throw new Malformed()
    const major = head()
    const n = argument
    if (major === UNSIGNED) return n
    if (major === NEGATIVE) return negative(n)
    if (major === SIMPLE) {
      if (n === 20 || n === 21) return n === 21
      if (n === 22) return null
      throw new Malformed()
    }
    // A count or length that is no number is far past the end of any payload.
    if (typeof n !== 'number') throw new Malformed()
    if (major === BYTES) return take(n)
    if (major === TEXT) return text(take(n))
    if (n > MAX_ELEMENTS) throw new Malformed()
    if (major === MAP) return map(n, depth - 1)
    if (major !== ARRAY) throw new Malformed() // a tag
    const list: Value[] = []
    for (let i = 0; i < n; i++) list.push(item(depth - 1))
    return list
  }

  const value = item(MAX_DEPTH)
  if (at < b.length) throw new Malformed()
  return value
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
  try {
    return read(b)
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
