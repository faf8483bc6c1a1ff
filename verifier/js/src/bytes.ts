// Between bytes and text.

/** What the last character may be, by how many stand in the last group of four:
 * its unused bits are zero (RFC 4648 section 3.5). */
const LAST = [/^/, /^$/, /[AQgw]$/, /[AEIMQUYcgkosw048]$/]

/** Decodes base64url without padding in its one spelling; undefined for anything else. */
export function fromBase64url(s: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof s !== 'string' || !/^[A-Za-z0-9_-]*$/.test(s) || !LAST[s.length % 4]!.test(s)) return undefined
  const binary = atob(s.replace(/-/g, '+').replace(/_/g, '/'))
  const out = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) out[i] = binary.charCodeAt(i)
  return out
}

export function toBase64url(b: Uint8Array): string {
  return btoa(String.fromCharCode(...b)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')
}

const encoder = new TextEncoder()

/** The UTF-8 of a text. */
export function utf8(s: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(s)
}
