import { fromBase64url, utf8 } from './bytes.js'
import { verifies } from './jwk.js'
import { MAX_LIST_DEPTH } from './limits.js'

// What a root signs: compact JWS (RFC 7515) under ES256 and the key that we
// name. Nothing is taken from the header.

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export type Members = Record<string, unknown>

/** The members of a JSON object; undefined for anything else. */
export function members(v: unknown): Members | undefined {
  return typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as Members) : undefined
}

/** A bracket, a string with the colon behind it that makes it a name, or another scalar. */
const TOKEN = /[[\]{}]|("(?:[^"\\]|\\.)*")([ \t\r\n]*:)?|[^\s[\]{}",:]+/g

/** Reports whether no object in a JSON text names a member twice, where JSON.parse
 * takes the last and other readers the first, no number has fraction or exponent,
 * and nothing is nested too deeply. */
function exact(json: string): boolean {
  const open: Set<string>[] = []
  for (const [token, string, colon] of json.matchAll(TOKEN)) {
    if (token === ']' || token === '}') {
      open.pop()
      continue
    }
    // 1.0 is an integer to some readers.
    if (open.length > MAX_LIST_DEPTH || /^[-\d].*[.eE]/.test(token)) return false
    if (token === '[' || token === '{') open.push(new Set())
    if (!colon) continue
    const name = (JSON.parse(string!) as string).replace(/\p{Cs}/gu, '\ufffd') // half a pair is no character
    const names = open.at(-1)!
    if (names.has(name)) return false
    names.add(name)
  }
  return true
}

/** Reads one JSON object in its one reading, and nothing behind it. */
export function parse(bytes: Uint8Array | undefined): Members | undefined {
  try {
    const json = decoder.decode(bytes)
    const object = JSON.parse(json) // first: exact takes its time over what is no JSON
    return exact(json) ? members(object) : undefined
  } catch {
    return undefined
  }
}

/** Returns the payload if this very key signed it as something of that type. */
export async function openJWS(text: string, key: CryptoKey, type: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const parts = text.split('.')
  const header = parse(fromBase64url(parts[0]))
  // The header's own word for the algorithm must not differ from ours, and b64
  // changes what is signed (RFC 7797), with or without crit beside it.
  if (parts.length !== 3 || header?.['typ'] !== type || header['alg'] !== 'ES256' || 'crit' in header || 'b64' in header) return undefined
  const payload = fromBase64url(parts[1])
  const signature = fromBase64url(parts[2])
  if (!payload || signature?.length !== 64) return undefined
  return (await verifies(key, signature, utf8(`${parts[0]}.${parts[1]}`))) ? payload : undefined
}
