import { fromBase64url, toBase64url, utf8 } from './bytes.js'
import { hex } from './message.js'

/** A public P-256 key with its RFC 7638 thumbprint. */
export interface NamedKey {
  /** base64url without padding. */
  readonly thumbprint: string
  /** The first four bytes of the thumbprint, as hexadecimal digits. */
  readonly id: string
  readonly key: CryptoKey
  /** Its public members, to be stored. */
  readonly jwk: JsonWebKey
}

const COORDINATE_SIZE = 32
const ES256 = { name: 'ECDSA', namedCurve: 'P-256' } as const

export async function sha256(b: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', b))
}

/** Reads a public P-256 key from a JWK. One with a private part, of another type
 * or curve, for another use or algorithm, or with a kid that is not its
 * thumbprint gives undefined. */
export async function parseKey(jwk: unknown): Promise<NamedKey | undefined> {
  if (typeof jwk !== 'object' || jwk === null) return undefined
  const j = jwk as Record<string, unknown>
  const x = fromBase64url(j['x'])
  const y = fromBase64url(j['y'])
  if (j['kty'] !== 'EC' || j['crv'] !== 'P-256' || 'd' in j) return undefined
  if (x?.length !== COORDINATE_SIZE || y?.length !== COORDINATE_SIZE) return undefined
  // What a JWK says about its own use is optional; said otherwise, the key is meant for something else.
  if ((j['use'] ?? '') !== '' && j['use'] !== 'sig') return undefined
  if ((j['alg'] ?? '') !== '' && j['alg'] !== 'ES256') return undefined
  const point = new Uint8Array(1 + 2 * COORDINATE_SIZE)
  point[0] = 4
  point.set(x, 1)
  point.set(y, 1 + COORDINATE_SIZE)
  const members = { crv: 'P-256', kty: 'EC', x: toBase64url(x), y: toBase64url(y) } // in the order of RFC 7638
  try {
    const [sum, key] = await Promise.all([
      sha256(utf8(JSON.stringify(members))),
      crypto.subtle.importKey('raw', point, ES256, false, ['verify']), // refuses a point off the curve
    ])
    const thumbprint = toBase64url(sum)
    if ((j['kid'] ?? '') !== '' && j['kid'] !== thumbprint) return undefined
    return { thumbprint, id: hex(sum.subarray(0, 4)), key, jwk: members }
  } catch {
    return undefined
  }
}

/** Reports whether the key made an ES256 signature (r and s, 32 bytes each). */
export async function verifies(key: CryptoKey, signature: Uint8Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer>): Promise<boolean> {
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, data)
}
