import { fromBase64url, utf8 } from './bytes.js'
import { verifies } from './jwk.js'

// What a root signs: compact JWS (RFC 7515) under ES256 and the key that we
// name. Nothing is taken from the header.

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export type Members = Record<string, unknown>

/** The members of a JSON object; undefined for anything else. */
export function members(v: unknown): Members | undefined {
  return typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as Members) : undefined
}

/** Reads one JSON object and nothing behind it. */
export function parse(bytes: Uint8Array | undefined): Members | undefined {
  try {
    return bytes && members(JSON.parse(decoder.decode(bytes)))
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
