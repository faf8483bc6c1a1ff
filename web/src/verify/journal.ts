import type { VerifyResult } from '@giayto/verifier'
import type { Numbered, Store } from '../shared/store.js'
import { belongs, findSector, type Sector } from './sectors.js'

// The log of this device. It is off until somebody turns it on, says what was
// found and about which fields, and deletes itself.

const DAY = 86400_000

/** How long a line stays. */
export const LINE_DAYS = 90

/** One check that was logged. */
export interface Line {
  readonly at: number
  readonly sector: string
  readonly verdict: string
  readonly reason?: string
  /** Ids such as can_cuoc/name. */
  readonly claims: readonly string[]
  /** What the fields said, only where the situation allows to keep it. */
  readonly values?: readonly { readonly claim: string; readonly text: string }[]
  /** When the values go, in milliseconds since 1970. */
  readonly valuesUntil?: number
}

/** Reports for how many days a situation lets values be kept; 0 is not at all. */
export function retentionDays(sector: Sector): number {
  return sector.preset?.retentionDays ?? 0
}

/** Writes what is to be kept of an answer. Values need both the wish of the
 * checker and the leave of the situation. */
export function lineOf(answer: VerifyResult, sector: Sector, at: number, wantValues: boolean): Line {
  if (answer.verdict !== 'established') return { at, sector: sector.id, verdict: answer.verdict, reason: answer.reason, claims: [] }
  const shown = answer.documents.flatMap((d) => d.claims.map((c) => ({ claim: `${d.document}/${c.id}`, text: c.text.vi })))
  const kept = shown.filter((c) => belongs(sector, c.claim))
  const line = { at, sector: sector.id, verdict: answer.verdict, claims: kept.map((c) => c.claim) }
  const days = retentionDays(sector)
  return wantValues && days > 0 ? { ...line, values: kept, valuesUntil: at + days * DAY } : line
}

/** What is left of a line at a moment: all of it, the line without its values, or
 * nothing. */
export function aged(line: Numbered<Line>, now: number): Numbered<Line> | undefined {
  const age = now - line.at
  const sector = findSector(line.sector)
  const valueDays = sector ? retentionDays(sector) : 0
  const kept = line.values && age < valueDays * DAY && now < (line.valuesUntil ?? 0) ? line : withoutValues(line)
  return age >= LINE_DAYS * DAY && !kept.values ? undefined : kept
}

function withoutValues(line: Numbered<Line>): Numbered<Line> {
  if (!line.values) return line
  const { values: _, valuesUntil: __, ...rest } = line
  return rest
}

/** Deletes what is too old. */
export function prune(store: Store<Line>, now: number): Promise<boolean> {
  return store.revise((line) => aged(line, now))
}

/** Deletes all values, when the checker no longer wants them kept. Reports whether
 * they are gone. */
export function dropValues(store: Store<Line>): Promise<boolean> {
  return store.revise(withoutValues)
}

/** Deletes every line. Reports whether they are gone. */
export function dropAll(store: Store<Line>): Promise<boolean> {
  return store.revise(() => undefined)
}
