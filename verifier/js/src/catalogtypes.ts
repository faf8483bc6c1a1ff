// The form of a catalogue as a checker needs it. The data is generated from
// catalog/documents/*.json and stands in an entry point of its own.

/** A label or sentence in the two languages. */
export interface Text {
  readonly vi: string
  readonly en: string
}

/** The kinds of a value and what a checker gives for each (section 8 of the
 * specification): text, digits, date and partial_date are strings, int is a
 * number, bool a boolean, enum the string or number beside its code, list an
 * array, object a record. */
export type ValueType = 'text' | 'digits' | 'date' | 'partial_date' | 'int' | 'bool' | 'enum' | 'list' | 'object'

/** What a claim, an item of a list and a member of an object have in common. */
export interface Shape {
  readonly type: ValueType
  /** What null means; null is allowed exactly where this stands. */
  readonly nullText?: Text
  /** A regular expression for JavaScript with the flag u, for the whole value. */
  readonly pattern?: string
  readonly length?: number
  readonly maxLength?: number
  readonly min?: number
  readonly max?: number
  readonly maxItems?: number
  readonly enum?: readonly EnumValue[]
  readonly item?: Shape
  readonly members?: readonly Member[]
  /** Shown before the value. */
  readonly prefix?: string
}

export interface EnumValue {
  readonly code: number
  readonly value: string | number
  readonly labels: Text
}

export interface Member extends Shape {
  readonly id: string
  readonly key: number
  readonly labels: Text
  readonly required?: boolean
}

export interface CatalogClaim<Id extends string = string> extends Shape {
  readonly id: Id
  /** The wire key. */
  readonly key: number
  readonly labels: Text
}

export interface CatalogDocument<Id extends string = string, Claim extends string = string> {
  readonly id: Id
  /** The wire code. */
  readonly code: number
  readonly labels: Text
  readonly agency: Text
  readonly claims: readonly CatalogClaim<Claim>[]
}

/** The claim ids of each document id. */
export type ClaimsByDocument = { [document: string]: string }

export interface Catalog<C extends ClaimsByDocument = ClaimsByDocument> {
  /** Changes with any byte of the catalogue. */
  readonly digest: string
  readonly documents: readonly { [D in keyof C & string]: CatalogDocument<D, C[D]> }[keyof C & string][]
}

/** "document id/claim id". */
export type Requirement<C extends ClaimsByDocument = ClaimsByDocument> = {
  [D in keyof C & string]: `${D}/${C[D]}`
}[keyof C & string]

/** A situation with what it may ask for. */
export interface Preset<C extends ClaimsByDocument = ClaimsByDocument> {
  readonly id: string
  readonly labels: Text
  readonly purpose: Text
  readonly category: string
  readonly require: readonly Requirement<C>[]
  /** Those of require that must be answered with yes. */
  readonly requireTrue: readonly Requirement<C>[]
  readonly optional: readonly Requirement<C>[]
  /** The checker is to compare the face with the person. */
  readonly faceCheck: boolean
  /** How long a checker may keep the values; 0 = not at all. */
  readonly retentionDays: number
}
