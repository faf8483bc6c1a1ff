import { isInt64, isUnsigned, type Value, type ValueMap } from './cbor.js'
import type { CatalogClaim, CatalogDocument, Member, Shape } from './catalogtypes.js'
import { dateOfDay, isPartialDate } from './civil.js'
import { DEFAULT_MAX_ITEMS, DEFAULT_MAX_LENGTH } from './limits.js'
import { allowedText } from './text.js'

// From what a presentation carries to the values of the catalogue (section 8 of
// the specification).

/** A value of a claim. */
export type ClaimValue = string | number | boolean | null | readonly ClaimValue[] | { readonly [member: string]: ClaimValue }

/** Why a value is refused, the two reasons that section 8 keeps apart. */
export class ValueFault {
  constructor(readonly reason: 'claim_invalid' | 'catalog_outdated') {}
}

const INVALID = new ValueFault('claim_invalid')
const OUTDATED = new ValueFault('catalog_outdated')

const patterns = new Map<string, RegExp>()

/** Reports whether a value has the form that the catalogue asks for. */
function matches(pattern: string | undefined, s: string): boolean {
  if (!pattern) return true
  let compiled = patterns.get(pattern)
  if (!compiled) patterns.set(pattern, (compiled = new RegExp(pattern, 'u')))
  return compiled.test(s)
}

/** Reads a value that came with a presentation. */
export function fromWire(shape: Shape, wire: Value): ClaimValue | ValueFault {
  // null stands for itself, exactly where the catalogue gives it a meaning.
  if (wire === null) return shape.nullText ? null : INVALID
  switch (shape.type) {
    case 'text':
      return typeof wire === 'string' && validText(shape, wire) ? wire : INVALID
    case 'bool':
      return typeof wire === 'boolean' ? wire : INVALID
    case 'int':
      return typeof wire === 'number' && wire >= (shape.min ?? wire) && wire <= (shape.max ?? wire) ? wire : INVALID
    case 'digits':
      return digits(shape, wire)
    case 'date':
      return (typeof wire === 'number' && dateOfDay(wire)) || INVALID
    case 'partial_date':
      if (typeof wire === 'string' && isPartialDate(wire)) return wire
      return (typeof wire === 'number' && dateOfDay(wire)) || INVALID
    case 'enum':
      if (!isInt64(wire)) return INVALID
      return shape.enum?.find((e) => e.code === wire)?.value ?? OUTDATED
    case 'list':
      return Array.isArray(wire) ? list(shape, wire) : INVALID
    case 'object':
      return wire instanceof Map ? object(shape.members ?? [], wire) : INVALID
  }
  return INVALID
}

function validText(shape: Shape, s: string): boolean {
  const most = shape.maxLength ?? DEFAULT_MAX_LENGTH
  // A code point takes one or two UTF-16 units.
  if (s === '' || s.length > 2 * most || (s.length > most && [...s].length > most)) return false
  return allowedText(s) && matches(shape.pattern, s)
}

/** Pads a number with zeros to the length of its claim. */
function digits(shape: Shape, wire: Value): string | ValueFault {
  if (typeof wire !== 'number' || wire < 0) return INVALID
  const s = String(wire).padStart(shape.length ?? 0, '0')
  return s.length === shape.length && matches(shape.pattern, s) ? s : INVALID
}

function list(shape: Shape, wire: Value[]): ClaimValue | ValueFault {
  if (wire.length > (shape.maxItems ?? DEFAULT_MAX_ITEMS) || !shape.item) return INVALID
  const out: ClaimValue[] = []
  for (const item of wire) {
    const value = fromWire(shape.item, item)
    if (value instanceof ValueFault) return value
    out.push(value)
  }
  return out
}

/** First the known members in the order of the catalogue, then the other keys. */
function object(members: readonly Member[], wire: ValueMap): ClaimValue | ValueFault {
  const out: Record<string, ClaimValue> = {}
  let known = 0
  for (const member of members) {
    const part = wire.get(member.key)
    if (part === undefined) {
      if (member.required) return INVALID
      continue
    }
    const value = fromWire(member, part)
    if (value instanceof ValueFault) return value
    out[member.id] = value
    known++
  }
  if (known === wire.size) return out
  for (const key of wire.keys()) {
    if (!isInt64(key) || !isUnsigned(key)) return INVALID
  }
  return OUTDATED
}

/** A document of the catalogue, its claims by wire key. */
export interface IndexedDocument {
  readonly document: CatalogDocument
  readonly byKey: Map<Value, CatalogClaim>
}

/** Finds documents by their wire code. */
export function indexDocuments(documents: readonly CatalogDocument[]): Map<Value, IndexedDocument> {
  return new Map(documents.map((document) => [document.code, { document, byKey: new Map(document.claims.map((c) => [c.key, c])) }]))
}
