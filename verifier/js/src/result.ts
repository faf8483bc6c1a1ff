import type { ClaimsByDocument, Requirement, Text } from './catalogtypes.js'
import { reasons, type Reason } from './reasons_gen.js'
import type { Newest, TrustListInfo } from './trustlist.js'
import type { ClaimValue } from './values.js'

/** One established fact. */
export interface EstablishedClaim<Id extends string = string> {
  readonly id: Id
  readonly label: Text
  readonly value: ClaimValue
  /** The value as a person reads it. */
  readonly text: Text
}

/** One document of an answer. The deployment vouches for it: it checked the
 * agency's credential when it made the presentation. */
export type EstablishedDocument<C extends ClaimsByDocument = ClaimsByDocument> = {
  [D in keyof C & string]: {
    readonly document: D
    readonly label: Text
    readonly agency: Text
    readonly claims: readonly EstablishedClaim<C[D]>[]
  }
}[keyof C & string]

/** What an accepted presentation establishes. */
export interface Established<C extends ClaimsByDocument = ClaimsByDocument> {
  readonly verdict: 'established'
  /** In the order of the presentation. */
  readonly documents: readonly EstablishedDocument<C>[]
  readonly expiresAt: Date
  /** Whom it was made for; '' for whoever checks. */
  readonly audience: string
  readonly trustList: TrustListInfo
}

/** Why nothing was established: exactly one reason, and no value of any paper. */
export interface Refused<C extends ClaimsByDocument = ClaimsByDocument> {
  /** unknown is never to be shown as good. */
  readonly verdict: 'not_established' | 'unknown'
  readonly reason: Reason
  /** What it means, and what the person at the counter should do. */
  readonly why: Text
  readonly do: Text
  /** The claims that the policy misses; with claim_missing and claim_not_met. */
  readonly missing?: readonly Requirement<C>[]
  /** When the presentation ends or ended; only if its signature was right. */
  readonly expiresAt?: Date
  /** The list behind the answer; absent when there is none. */
  readonly trustList?: TrustListInfo
}

export type VerifyResult<C extends ClaimsByDocument = ClaimsByDocument> = Established<C> | Refused<C>

/** What came of a trust list that was offered. */
export type UpdateResult = { readonly updated: true; readonly trustList: TrustListInfo; readonly newest: Newest } | ({ readonly updated: false } & Refused)

/** Makes a refusal with the sentences of its reason. */
export function refuse<C extends ClaimsByDocument>(reason: Reason, more?: Partial<Refused<C>>): Refused<C> {
  const { verdict, why, do: advice } = reasons[reason]
  return { verdict, reason, why, do: advice, ...more }
}
