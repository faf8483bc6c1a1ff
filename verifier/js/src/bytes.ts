// Between bytes and text.

/** Decodes base64url without padding in its one spelling (RFC 4648 section 3.5);
 * undefined for anything else. */
export function fromBase64url(s: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof s !== 'string' || s.length % 4 === 1 || !/^[\w-]*$/.test(s)) return undefined
  const binary = atob(s.replace(/-/g, '+').replace(/_/g, '/'))
  if (encode(binary) !== s) return undefined
  const out = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) out[i] = binary.charCodeAt(i)
  return out
}

function encode(binary: string): string {
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '')
}

export function toBase64url(b: Uint8Array): string {
  return encode(String.fromCharCode(...b))
}

const encoder = new TextEncoder()

/** The UTF-8 of a text. */
export function utf8(s: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(s)
}
