// A COSE_Sign1 message of profile 1 (section 5 of the specification). It has one
// byte form, so bytes are compared and no parser is given a choice.

import { utf8 } from './bytes.js'

const HEAD = [0xd2, 0x84, 0x49, 0xa2, 0x01, 0x26, 0x04, 0x44]
const KEY_ID_SIZE = 4
const SIGNATURE_SIZE = 64

/** external_aad of the signature (RFC 9052 section 4.4), with its head. */
const CONTEXT = utf8('\x55giayto/presentation/1')
const SIGNATURE1 = utf8('\x6aSignature1')

export interface Message {
  /** The first bytes of the key's thumbprint, as hexadecimal digits. */
  readonly keyID: string
  readonly payload: Uint8Array
  readonly signature: Uint8Array<ArrayBuffer>
  /** Sig_structure: the bytes that were signed. */
  readonly signed: Uint8Array<ArrayBuffer>
}

export function hex(b: Uint8Array): string {
  let s = ''
  for (const byte of b) s += (byte < 16 ? '0' : '') + byte.toString(16)
  return s
}

/** Takes a message apart; undefined if it is not of this profile. */
export function parseMessage(b: Uint8Array): Message | undefined {
  for (let i = 0; i < HEAD.length; i++) {
    if (b[i] !== HEAD[i]) return undefined
  }
  const headerEnd = HEAD.length + KEY_ID_SIZE
  if (b[headerEnd] !== 0xa0) return undefined
  const from = headerEnd + 1
  const short = b[from] ?? 0
  let at = from + 1
  let size = short - 0x40
  if (short === 0x58) {
    size = b[at++] ?? 0
    if (size < 24) return undefined
  } else if (short === 0x59) {
    size = ((b[at] ?? 0) << 8) | (b[at + 1] ?? 0)
    at += 2
    if (size < 256) return undefined
  } else if (size < 0 || size > 23) return undefined
  const end = at + size
  if (b.length !== end + 2 + SIGNATURE_SIZE || b[end] !== 0x58 || b[end + 1] !== SIGNATURE_SIZE) return undefined
  const signed = new Uint8Array(1 + SIGNATURE1.length + (headerEnd - 2) + CONTEXT.length + (end - from))
  let to = 1
  signed[0] = 0x84
  for (const part of [SIGNATURE1, b.subarray(2, headerEnd), CONTEXT, b.subarray(from, end)]) {
    signed.set(part, to)
    to += part.length
  }
  return {
    keyID: hex(b.subarray(HEAD.length, headerEnd)),
    payload: b.subarray(at, end),
    signature: b.slice(end + 2),
    signed,
  }
}
