import { utf8 } from './bytes.js'
import { decodeCBOR, isUnsigned, type Value } from './cbor.js'
import { ID_SIZE, MAX_AUDIENCE, MAX_DOCUMENTS, MAX_FIELDS, MAX_TIME } from './limits.js'
import { readable } from './text.js'

// The claims of a presentation (section 7 of the specification). Document codes
// and wire keys are not judged here: what a catalogue lacks is not malformed.

const AUDIENCE = 3
const EXPIRY = 4
const ISSUED_AT = 6
const TOKEN_ID = 7
const CONFIRMATION = 8
const NONCE = 10
const FIELDS = -65537
const DOCUMENT_CODE = 0
const COSE_KEY = 1

export interface Token {
  /** Seconds since 1970. */
  expiresAt: number
  issuedAt: number
  /** '' for whoever checks. */
  audience: string
  id?: Uint8Array
  nonce?: Uint8Array
  /** Bound to a device (cnf). */
  bound: boolean
  documents?: TokenDocument[]
}

/** A document by its wire code, its fields by wire key in rising order. */
export interface TokenDocument {
  code: number | bigint
  fields: [key: number | bigint, value: Value][]
}

/** Reads a payload strictly; undefined if it is malformed. */
export function parsePayload(payload: Uint8Array): Token | undefined {
  const claims = decodeCBOR(payload)
  if (!(claims instanceof Map)) return undefined
  const token: Token = { expiresAt: 0, issuedAt: 0, audience: '', bound: false }
  for (const [key, value] of claims) {
    if (!take(token, key, value)) return undefined
  }
  if (!token.expiresAt || !token.documents || !token.id || token.issuedAt > 0 !== token.bound) return undefined
  return token
}

/** Stores one claim; false if it is unknown or has the wrong form. */
function take(token: Token, key: Value, value: Value): boolean {
  switch (key) {
    case AUDIENCE:
      token.audience = value as string
      return validAudience(value)
    case EXPIRY:
      token.expiresAt = value as number
      return isTime(value)
    case ISSUED_AT:
      token.issuedAt = value as number
      return isTime(value)
    case TOKEN_ID:
      token.id = value as Uint8Array
      return isID(value)
    case NONCE:
      token.nonce = value as Uint8Array
      return isID(value)
    case CONFIRMATION:
      token.bound = true
      return value instanceof Map && value.size === 1 && value.get(COSE_KEY) instanceof Map
    case FIELDS:
      return takeDocuments(token, value)
  }
  return false
}

function isTime(value: Value): boolean {
  return typeof value === 'number' && value > 0 && value <= MAX_TIME
}

function isID(value: Value): boolean {
  return value instanceof Uint8Array && value.length === ID_SIZE
}

function validAudience(value: Value): boolean {
  return typeof value === 'string' && value !== '' && utf8(value).length <= MAX_AUDIENCE && readable(value)
}

/** One document, or an array of two to four. */
function takeDocuments(token: Token, value: Value): boolean {
  const list = Array.isArray(value) ? value : [value]
  if (Array.isArray(value) && (list.length < 2 || list.length > MAX_DOCUMENTS)) return false
  token.documents = []
  for (const item of list) {
    if (!(item instanceof Map) || item.size < 2 || item.size > MAX_FIELDS + 1) return false
    const document: TokenDocument = { code: 0, fields: [] }
    for (const [key, field] of item) {
      if (!isUnsigned(key)) return false
      if (key !== DOCUMENT_CODE) document.fields.push([key, field])
      else if (isUnsigned(field)) document.code = field
    }
    if (!document.code) return false
    token.documents.push(document)
  }
  return true
}
