import type { ClaimsByDocument, Preset, Requirement } from './catalogtypes.js'
import type { EstablishedDocument, Refused } from './result.js'
import { refuse } from './result.js'

/** What a kind of checker asks beyond the signature. */
export interface Policy<C extends ClaimsByDocument = ClaimsByDocument> {
  /** Claims that must be present, in every document of their kind. */
  readonly require?: readonly Requirement<C>[]
  /** Claims that must be present and true. */
  readonly requireTrue?: readonly Requirement<C>[]
  /** Tightens the trust list's own rule. */
  readonly maxTrustListAgeSeconds?: number
}

/** Reports whether a requirement holds in every document of its kind, and in one
 * at least: two papers must not meet together what neither meets alone. */
function meets(documents: readonly EstablishedDocument[], requirement: string, isTrue: boolean): boolean {
  const slash = requirement.indexOf('/')
  const kind = documents.filter((d) => d.document === requirement.slice(0, slash))
  const id = requirement.slice(slash + 1)
  return kind.length > 0 && kind.every((d) => d.claims.some((c) => c.id === id && (!isTrue || c.value === true)))
}

function unmet(documents: readonly EstablishedDocument[], list: readonly string[], isTrue: boolean): string[] {
  return [...new Set(list.filter((requirement) => !meets(documents, requirement, isTrue)))]
}

/** Judges a policy (step 12). That something is missing comes before that an
 * answer is no: the person can mend the former. */
export function judgePolicy<C extends ClaimsByDocument>(policy: Policy<C>, documents: readonly EstablishedDocument[]): Refused<C> | undefined {
  const { require = [], requireTrue = [] } = policy
  const missing = unmet(documents, [...require, ...requireTrue], false)
  if (missing.length) return refuse('claim_missing', { missing: missing as Requirement<C>[] })
  const no = unmet(documents, requireTrue, true)
  return no.length ? refuse('claim_not_met', { missing: no as Requirement<C>[] }) : undefined
}

/** Asks for what a preset requires, and for a yes where it needs one. */
export function presetPolicy<C extends ClaimsByDocument>(preset: Preset<C>): Policy<C> {
  return { require: preset.require, requireTrue: preset.requireTrue }
}
