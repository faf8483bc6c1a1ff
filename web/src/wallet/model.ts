import type { Catalog, CatalogClaim, Document, Paper, PaperContent, Preset, Selection, ShareRequest } from '../api/client_gen.js'
import { t } from '../shared/lang.js'
import { day } from '../shared/when.js'
import { say } from './messages/index.js'

// What the wallet works out from the catalogue and the papers, without a screen.

/** Letters and digits of an activation code; none is taken for another. */
const ACTIVATION = /^[0-9A-HJKMNP-TV-Z]{16}$/

/** The activation code in the text of a QR, in groups as it is printed; undefined
 * where there is none. */
export function activationCode(text: string): string | undefined {
  const code = text.trim().toUpperCase().replace(/[\s-]/g, '')
  return ACTIVATION.test(code) ? code.match(/.{4}/g)!.join('-') : undefined
}

const DAY = 86400_000
/** Papers that end within this many days say how many are left. */
const SOON_DAYS = 30

/** A field of a paper, by the kind of paper and the id of the claim. */
export interface Field {
  readonly document: Document
  readonly claim: CatalogClaim
}

/** Midnight at the beginning of a date of the server, on this device. */
function dateOf(date: string): number {
  const [y, m, d] = date.split('-').map(Number)
  return new Date(y!, m! - 1, d!).getTime()
}

const FIRST: readonly string[] = ['can_cuoc', 'gplx', 'dang_ky_xe', 'bhyt']

/** The papers that are asked for most stand first. */
export function inOrder(papers: readonly Paper[]): Paper[] {
  const at = (p: Paper) => FIRST.indexOf(p.document) + 1 || FIRST.length + 1
  return [...papers].sort((a, b) => at(a) - at(b))
}

/** Reports whether a paper can be shared from. */
export function inForce(paper: Paper): boolean {
  return paper.state === 'in_force'
}

/** The kinds of paper of a choice that cannot be shared from. */
export function outOfForce(catalog: Catalog, choice: Choice, papers: readonly Paper[]): readonly Document[] {
  const chosen = new Set([...choice].map((id) => id.slice(0, id.indexOf('/'))))
  return catalog.documents.filter((d) => chosen.has(d.id) && !papers.some((p) => p.document === d.id && inForce(p)))
}

/** The state of a paper in words. good tells whether it can be relied on. */
export function stateOf(paper: Paper, now: number): { readonly words: string; readonly good: boolean } {
  const since = paper.since ? day(Date.parse(paper.since)) : ''
  switch (paper.state) {
    case 'in_force':
      return { words: remaining(paper, now), good: true }
    case 'expired':
      return { words: say('stateExpired', { day: paper.valid_until ? day(dateOf(paper.valid_until)) : '' }).trim(), good: false }
    case 'not_yet_valid':
      return { words: say('stateFuture', { day: paper.valid_from ? day(dateOf(paper.valid_from)) : '' }).trim(), good: false }
    case 'suspended':
      return { words: say('stateSuspended', { day: since }), good: false }
    case 'withheld':
      return { words: say('stateWithheld', { day: since }), good: false }
    case 'revoked':
      return { words: say('stateRevoked', { day: since }), good: false }
    case 'locked':
      return { words: say('stateLocked', { day: since }), good: false }
    case 'superseded':
      return { words: say('stateSuperseded'), good: false }
    default:
      return { words: say('stateOther'), good: false }
  }
}

function remaining(paper: Paper, now: number): string {
  if (!paper.valid_until) return say('stateInForce')
  const today = new Date(now).setHours(0, 0, 0, 0)
  const days = Math.round((dateOf(paper.valid_until) - today) / DAY)
  if (days > SOON_DAYS) return say('stateInForce')
  return days > 0 ? say('stateDays', { n: days }) : say('stateLastDay')
}

/** What stands for a value in a list, by the mask of the catalogue: the last three
 * characters, or nothing of it. */
export function masked(text: string, mask: 'last3' | 'hidden' | undefined): string {
  if (!mask) return text
  return mask === 'last3' && text.length > 3 ? `••••••• ${text.slice(-3)}` : '•••••••'
}

/** A choice of what to show: ids such as can_cuoc/name. */
export type Choice = ReadonlySet<string>

/** Finds a field of the catalogue by an id such as can_cuoc/name. */
export function findField(catalog: Catalog, id: string): Field | undefined {
  const slash = id.indexOf('/')
  const document = catalog.documents.find((d) => d.id === id.slice(0, slash))
  const claim = document?.claims.find((c) => c.id === id.slice(slash + 1))
  return document && claim && { document, claim }
}

/** The fields that a situation needs, and those that it may have. */
export function fieldsOf(preset: Preset): { readonly required: readonly string[]; readonly optional: readonly string[] } {
  const list = (of: 'required' | 'optional') => preset.documents.flatMap((d) => (d[of] ?? []).map((c) => `${d.document}/${c}`))
  return { required: list('required'), optional: list('optional') }
}

/** The papers that a situation needs and that cannot be shared now. */
export function lacking(catalog: Catalog, preset: Preset, papers: readonly Paper[]): readonly Document[] {
  return preset.documents
    .filter((d) => !papers.some((p) => p.document === d.document && inForce(p)))
    .flatMap((d) => catalog.documents.find((k) => k.id === d.document) ?? [])
}

/** Which paper is meant, by kind, where there are several. */
export type Which = ReadonlyMap<string, string>

/** The papers in force of a kind, the one that is meant first. */
export function papersOf(papers: readonly Paper[], document: string, which?: Which): readonly Paper[] {
  const all = papers.filter((p) => p.document === document && inForce(p))
  const meant = all.find((p) => p.id === which?.get(document))
  return meant ? [meant, ...all.filter((p) => p !== meant)] : all
}

/** What tells two papers of a kind apart: the first of these that a paper states. */
const TELLING: readonly string[] = ['registration_number', 'document_number', 'card_serial_number', 'valid_from']

/** What tells a paper from another of its kind, masked as the catalogue says; empty
 * where nothing of it is known. */
export function tellingOf(content: PaperContent | undefined): string {
  const claim = TELLING.map((id) => content?.claims.find((c) => c.id === id)).find((c) => c !== undefined)
  return claim ? masked(t(claim.text), claim.mask) : ''
}

/** Puts a choice into a request. Of a situation only what was chosen is asked for; a
 * kind of which there are several papers is named by the one that is meant. */
export function requestOf(choice: Choice, preset: Preset | undefined, audience: string, seconds: number, which?: Which): ShareRequest {
  const claims = new Map<string, string[]>()
  for (const id of choice) {
    const slash = id.indexOf('/')
    const document = id.slice(0, slash)
    claims.set(document, [...(claims.get(document) ?? []), id.slice(slash + 1)])
  }
  const documents: Selection[] = [...claims].map(([document, ids]) => ({ ...(which?.has(document) ? { credential: which.get(document)! } : { document }), claims: ids, ...(preset && { preset: preset.id }) }))
  return { documents, ttl_seconds: seconds, ...(audience && { audience }) }
}

/** Reports whether a choice needs a touch of the passkey: something that asks for
 * more than a session gives. */
export function needsTouch(catalog: Catalog, choice: Choice, level: number): boolean {
  return [...choice].some((id) => stepUp(findField(catalog, id)?.claim, level))
}

/** Reports whether a claim asks for more than a session at this level gives. */
export function stepUp(claim: CatalogClaim | undefined, level: number): boolean {
  const asked = claim?.min_auth ?? 1
  return asked > 2 || asked > level
}

/** The labels of fields inside a sentence, the paper named where two have the same
 * label. */
export function names(catalog: Catalog, ids: Iterable<string>): string[] {
  const fields = [...ids].flatMap((id) => findField(catalog, id) ?? [])
  return fields.map((f) => {
    const label = lower(t(f.claim.labels))
    const twice = fields.some((g) => g !== f && t(g.claim.labels) === t(f.claim.labels))
    return twice ? `${label} (${lower(t(f.document.labels))})` : label
  })
}

function lower(label: string): string {
  const [first = '', second = ''] = label
  return second !== second.toUpperCase() || second === ' ' ? first.toLowerCase() + label.slice(first.length) : label
}

/** What people miss most when they think of a paper: named when it is not shown. */
const NOTABLE: readonly string[] = ['personal_administrative_number', 'address.formatted', 'birthdate', 'document_number', 'social_insurance_number', 'name']

/** Fields of the papers concerned that are not shown although somebody might think so. */
export function unseen(catalog: Catalog, choice: Choice): string[] {
  const documents = new Set([...choice].map((id) => id.slice(0, id.indexOf('/'))))
  const ids = [...documents].flatMap((d) => NOTABLE.map((c) => `${d}/${c}`)).filter((id) => !choice.has(id) && findField(catalog, id))
  return [...new Set(names(catalog, ids.slice(0, 3)))]
}

/** Characters of a code that shows nothing yet, and what one more paper adds: the
 * frame, the times and the signature (docs/wire-format.md). */
const FRAME = 145
const PAPER = 10
/** Characters of base45 for a byte. */
const PER_BYTE = 1.5

/** Bytes that a field is likely to add to a code, with its value if that is known.
 * Texts are packed by common words: names by half, what agencies write by more. */
export function weight(claim: CatalogClaim, value?: unknown): number {
  const name = /name/.test(claim.id)
  switch (claim.type) {
    case 'bool':
    case 'int':
    case 'enum':
      return 2
    case 'date':
    case 'partial_date':
    case 'digits':
      return 7
    case 'text': {
      const bytes = typeof value === 'string' ? new TextEncoder().encode(value).length : name ? 28 : 60
      return name ? 7 + 0.46 * bytes : 3 + 0.25 * bytes
    }
    default: {
      const bytes = value === undefined ? 150 : new TextEncoder().encode(JSON.stringify(value)).length
      return 2 + 0.16 * bytes
    }
  }
}

/** A field that alone makes a code denser by a size. */
export function heavy(claim: CatalogClaim, value?: unknown): boolean {
  return weight(claim, value) >= 24
}

/** What a code of each version holds, in alphanumeric characters at level M (ISO/IEC
 * 18004, table 7), from version 1. */
const CAPACITY: readonly number[] = [20, 38, 61, 90, 122, 154, 178, 221, 262, 311, 366, 419, 483]

/** The version that a code with a choice is likely to have; one more than any where it
 * may be too much. The server tells the true one with the code. */
export function sizeOf(catalog: Catalog, choice: Choice, valueOf: (id: string) => unknown = () => undefined): number {
  const counted = new Set<unknown>()
  let bytes = 0
  for (const id of choice) {
    const claim = findField(catalog, id)?.claim
    const value = valueOf(id)
    // The same text in two papers is written once.
    if (typeof value === 'string' && counted.has(value)) bytes += 1
    else bytes += claim ? weight(claim, value) : 0
    counted.add(value)
  }
  const papers = new Set([...choice].map((id) => id.slice(0, id.indexOf('/')))).size
  const characters = FRAME + PAPER * Math.max(0, papers - 1) + PER_BYTE * bytes
  const version = CAPACITY.findIndex((most) => characters <= most) + 1
  return version || CAPACITY.length + 1
}

/** How easily a code of a version scans, from 5 (very) to 1. */
export function ease(version: number): number {
  return version <= 7 ? 5 : version === 8 ? 4 : version <= 10 ? 3 : version === 11 ? 2 : 1
}
