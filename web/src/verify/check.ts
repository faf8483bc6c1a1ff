import { reasons, type Check, type Claims, type EstablishedDocument, type Refused, type Verifier, type VerifyResult } from '@giayto/verifier'
import { classify, type Kind } from './classify.js'
import { placeOf, policyOf, type Sector } from './sectors.js'

// One check, from the text to what the screen shows.

/** A presentation lives this long at most by any list (section 9 of the
 * specification), so one that counts was signed at most this long before its end. */
const MAX_LIFETIME = 600_000
/** The widest tolerance that a list can carry. */
const MAX_SKEW = 300_000

/** What a check has to do with. */
export interface Circumstances {
  readonly sector: Sector
  /** When the server last confirmed the list of keys. */
  readonly heardAt: number
  /** The name of this place, for codes that are made for it alone; '' is none. */
  readonly audience: string
  /** The newest moment that anything signed has shown; 0 is none. */
  readonly newestSigned: number
  readonly now: number
}

/** A checked text. */
export interface Outcome {
  readonly kind: Kind
  readonly at: number
  readonly sector: Sector
  readonly answer: VerifyResult
  /** The documents with the fields that the situation may ask for. */
  readonly documents: readonly EstablishedDocument[]
  /** How many fields the code has beyond those; they are not shown. */
  readonly hidden: number
  /** The newest moment that anything signed has shown, this code included. */
  readonly newestSigned: number
}

function refused(reason: Refused['reason']): Refused {
  const { verdict, why, do: advice } = reasons[reason]
  return { verdict, reason, why, do: advice }
}

/** Keeps the fields that the situation may ask for, in the order in which it asks.
 * What somebody shows by mistake is nobody's business at this counter. */
function pertinent(documents: readonly EstablishedDocument[], sector: Sector): EstablishedDocument[] {
  return documents
    .map((d) => {
      const place = (claim: { readonly id: string }) => placeOf(sector, `${d.document}/${claim.id}`)
      const claims = d.claims.filter((c) => place(c) >= 0).sort((a, b) => place(a) - place(b))
      return { ...d, claims } as EstablishedDocument
    })
    .filter((d) => d.claims.length > 0)
}

const count = (documents: readonly EstablishedDocument[]) => documents.reduce((n, d) => n + d.claims.length, 0)

/** Checks a text. Like verify it never rejects. */
export async function check(verifier: Verifier, text: string, c: Circumstances): Promise<Outcome> {
  const kind = classify(text)
  const answer = await judge(verifier, text, kind, c)
  const documents = answer.verdict === 'established' ? pertinent(answer.documents, c.sector) : []
  const hidden = answer.verdict === 'established' ? count(answer.documents) - count(documents) : 0
  const signed = answer.verdict === 'established' ? answer.expiresAt.getTime() - MAX_LIFETIME : 0
  const issued = answer.trustList?.issuedAt.getTime() ?? 0
  return { kind, at: c.now, sector: c.sector, answer, documents, hidden, newestSigned: Math.max(c.newestSigned, signed, issued) }
}

async function judge(verifier: Verifier, text: string, kind: Kind, c: Circumstances): Promise<VerifyResult> {
  // Told before the verifier sees it: what it accepts it remembers, and the same
  // code is to count once the clock has been set.
  if (kind === 'giayto' && c.now < c.newestSigned - MAX_SKEW) return refused('clock_suspect')
  const asked: Check<Claims> = { now: c.now, policy: policyOf(c.sector, c.heardAt, c.now) }
  const answer = await verifier.verify(text, asked)
  // A code is for this place or for nobody in particular; both are welcome.
  if (answer.verdict === 'established' || answer.reason !== 'audience_mismatch' || !c.audience) return answer
  return verifier.verify(text, { ...asked, audience: c.audience })
}
