import type { Catalog, ClaimsByDocument } from './catalogtypes.js'
import { decodeText } from './framing.js'
import { parseKey, verifies, type NamedKey } from './jwk.js'
import { ID_SIZE, MAX_SKEW } from './limits.js'
import { hex, parseMessage, type Message } from './message.js'
import { judgePolicy, type Policy } from './policy.js'
import type { Reason } from './reasons_gen.js'
import { MemoryReplay, type ReplayStore } from './replay.js'
import { refuse, type EstablishedDocument, type UpdateResult, type VerifyResult } from './result.js'
import { show } from './show.js'
import { parsePayload, type Token } from './token.js'
import { describe, freshness, judgeKey, open, supersedes, type Newest, type TrustedKey, type TrustList } from './trustlist.js'
import { fromWire, indexDocuments, ValueFault } from './values.js'

/** What a verifier works from. */
export interface VerifierOptions<C extends ClaimsByDocument = ClaimsByDocument> {
  /** The signed list as it was fetched or read from a file; without one, every
   * check ends in trust_list_missing until update is called. */
  readonly trustList?: string | Uint8Array | undefined
  /** The pinned root, as a JWK; several while one succeeds another. */
  readonly rootKeys: JsonWebKey | readonly JsonWebKey[]
  /** What documents and claims mean. */
  readonly catalog: Catalog<C>
  /** Remembers accepted presentations; by default in memory. */
  readonly replay?: ReplayStore
  /** What newest() told when the page or process was last open. An older list is
   * then refused after a restart too, and the roots are those that the newest
   * list left: rootKeys count only where this is not given. */
  readonly newest?: Newest | undefined
}

/** What one check expects. */
export interface Check<C extends ClaimsByDocument = ClaimsByDocument> {
  /** The moment of the check; by default the clock of this machine. */
  readonly now?: Date | number
  /** Who checks. Given, the presentation must be made for exactly this audience;
   * not given, for nobody in particular. */
  readonly audience?: string | undefined
  /** The challenge that this checker showed: 8 bytes, or 16 hexadecimal digits.
   * The rule is that of audience. */
  readonly nonce?: Uint8Array | string | undefined
  readonly policy?: Policy<C>
}

/** Checks presentations. It is safe to call while another call runs, and never
 * opens a network connection. */
export interface Verifier<C extends ClaimsByDocument = ClaimsByDocument> {
  /** Answers what the text of a QR establishes. On success the presentation is
   * remembered, so that a second showing is refused. It does not throw, whatever
   * the input; it rejects only where a ReplayStore of yours does. */
  verify(text: string, check?: Check<C>): Promise<VerifyResult<C>>
  /** Offers a newer trust list. An older one, or another one under the same
   * version, is refused and the present one stays. */
  update(trustList: string | Uint8Array, now?: Date | number): Promise<UpdateResult>
  /** What to store about the list in use; undefined when there is none. */
  newest(): Promise<Newest | undefined>
}

type State = { list?: TrustList; reason?: Reason }

class OfflineVerifier<C extends ClaimsByDocument> implements Verifier<C> {
  private readonly documents
  private readonly replay: ReplayStore
  private readonly roots: Promise<NamedKey[]>
  private readonly remembered: Newest | undefined
  /** Updates follow each other; a check takes the newest that was asked for. */
  private state: Promise<State>

  constructor(options: VerifierOptions<C>) {
    this.documents = indexDocuments(options.catalog.documents)
    this.replay = options.replay ?? new MemoryReplay()
    this.remembered = options.newest
    const given = options.newest?.roots ?? options.rootKeys
    // One root that cannot be read, and none is trusted: a slip must not go unseen.
    this.roots = Promise.all((Array.isArray(given) ? given : [given]).map(parseKey)).then((all) =>
      all.some((key) => !key) ? [] : (all as NamedKey[]),
    )
    this.state = options.trustList === undefined ? Promise.resolve({}) : this.next(options.trustList, {})
  }

  /** Opens a list that is to follow another. */
  private async next(trustList: string | Uint8Array, before: State): Promise<State> {
    const list = await open(trustList, before.list?.roots ?? (await this.roots))
    if (!list) return { reason: 'trust_list_invalid' }
    const older = before.list?.newest ?? this.remembered
    return older && !supersedes(list.newest, older) ? { reason: 'trust_list_rollback' } : { list }
  }

  async update(trustList: string | Uint8Array, now?: Date | number): Promise<UpdateResult> {
    const before = this.state
    const offered = before.then((state) => this.next(trustList, state))
    // A list that is refused leaves the present one in use.
    this.state = offered.then(async (state) => (state.list ? state : before))
    const { list, reason } = await offered
    if (list) return { updated: true, trustList: describe(list, moment(now)), newest: list.newest }
    return { updated: false, ...refuse(reason!) }
  }

  async newest(): Promise<Newest | undefined> {
    return (await this.state).list?.newest
  }

  async verify(text: string, given?: Check<C> | null): Promise<VerifyResult<C>> {
    const check = given ?? {}
    const now = moment(check.now)
    const { list, reason } = await this.state
    if (reason) return refuse(reason)
    const result = await this.steps(text, check, now, list)
    return list && result.verdict !== 'established' ? { ...result, trustList: describe(list, now) } : result
  }

  /** The steps of section 10, in their order. */
  private async steps(text: string, check: Check<C>, now: number, list: TrustList | undefined): Promise<VerifyResult<C>> {
    const raw = decodeText(text)
    if (typeof raw === 'string') return refuse(raw)
    const message = parseMessage(raw)
    const token = message && parsePayload(message.payload)
    if (!token) return refuse('malformed')
    if (!list) return refuse('trust_list_missing')
    const { maxTrustListAgeSeconds } = check.policy ?? {}
    const stale = freshness(list, now, maxTrustListAgeSeconds) ?? (await signedBy(list, message, now))
    if (stale) return refuse(stale)
    const expiresAt = new Date(token.expiresAt * 1000)
    const documents = judgeToken(token, check, now, list) ?? this.read(token)
    if (typeof documents === 'string') return refuse(documents, { expiresAt })
    const unmet = judgePolicy<C>(check.policy ?? {}, documents)
    if (unmet) return { ...unmet, expiresAt }
    // Kept for the widest tolerance of any list: the next one may bring it.
    const until = (token.expiresAt + MAX_SKEW) * 1000
    if (await this.replay.seen(`${message.keyID}.${hex(token.id!)}`, until, now)) return refuse('replayed', { expiresAt })
    return {
      verdict: 'established',
      documents: documents as readonly unknown[] as readonly EstablishedDocument<C>[],
      expiresAt,
      audience: token.audience,
      trustList: describe(list, now),
    }
  }

  /** Reads the fields by the catalogue (step 11). What the catalogue does not
   * know is no forgery, and wins over a value that is invalid. */
  private read(token: Token): EstablishedDocument[] | Reason {
    const documents: EstablishedDocument[] = []
    let invalid = false
    for (const { code, fields } of token.documents!) {
      const known = this.documents.get(code)
      if (!known) return 'catalog_outdated'
      const claims = []
      for (const [key, wire] of fields) {
        const claim = known.byKey.get(key)
        const value = claim && fromWire(claim, wire)
        if (value === undefined) return 'catalog_outdated'
        if (!(value instanceof ValueFault)) claims.push({ id: claim!.id, label: claim!.labels, value, text: show(claim!, value) })
        else if (value.reason === 'catalog_outdated') return value.reason
        else invalid = true
      }
      const { id: document, labels: label, agency } = known.document
      documents.push({ document, label, agency, claims })
    }
    return invalid ? 'claim_invalid' : documents
  }
}

/** A moment in milliseconds; NaN for what is none, which no list is fresh at. */
function moment(now: Date | number | undefined): number {
  return now === undefined ? Date.now() : Math.floor(Number(now))
}

/** Tries every key with the id of the message (step 6): the id is short, and two
 * keys may share it. The reason tells of the key that came closest. */
async function signedBy(list: TrustList, message: Message, now: number): Promise<Reason | undefined> {
  const candidates: readonly TrustedKey[] = list.keys.get(message.keyID) ?? []
  if (!candidates.length) return 'unknown_key'
  let reason: Reason = 'bad_signature'
  for (const key of candidates) {
    if (!(await verifies(key.key, message.signature, message.signed))) continue
    const fault = judgeKey(key, now, list.rules.clockSkew)
    if (!fault) return undefined
    reason = fault
  }
  return reason
}

/** Judges times, audience, challenge and binding (steps 7 to 10). */
function judgeToken(token: Token, check: Check, now: number, list: TrustList): Reason | undefined {
  const { clockSkew, maxLifetime, maxBoundLifetime } = list.rules
  const skew = clockSkew * 1000
  const expires = token.expiresAt * 1000
  if (token.bound && token.issuedAt * 1000 > now + skew) return 'not_yet_valid'
  if (now > expires + skew) return 'expired'
  if (expires > now + (token.bound ? maxBoundLifetime : maxLifetime) * 1000 + skew) return 'lifetime_too_long'
  if (token.bound && token.expiresAt - token.issuedAt > maxBoundLifetime) return 'lifetime_too_long'
  if (token.audience !== String(check.audience ?? '').normalize('NFC')) return 'audience_mismatch'
  if ((token.nonce ? hex(token.nonce) : '') !== challenge(check.nonce)) return 'challenge_mismatch'
  return token.bound ? 'proof_missing' : undefined
}

/** A challenge as hexadecimal digits; one of another size answers to nothing. */
function challenge(nonce: Uint8Array | string | undefined): string {
  const digits = nonce instanceof Uint8Array ? hex(nonce) : String(nonce ?? '').toLowerCase()
  return digits === '' || /^[0-9a-f]+$/.test(digits) && digits.length === 2 * ID_SIZE ? digits : 'none'
}

/** Makes a verifier. It opens the list in the background: a list that no pinned
 * root signed makes every check end in trust_list_invalid. Throws only where
 * WebCrypto is missing (a page that is neither https nor localhost). */
export function createVerifier<C extends ClaimsByDocument>(options: VerifierOptions<C>): Verifier<C> {
  if (!globalThis.crypto?.subtle) throw new Error('@giayto/verifier needs WebCrypto: serve the page over https or from localhost')
  return new OfflineVerifier(options)
}

/** Opens a trust list by itself, to show or to store it. */
export async function openTrustList(
  trustList: string | Uint8Array,
  rootKeys: JsonWebKey | readonly JsonWebKey[],
  newest?: Newest,
  now?: Date | number,
): Promise<UpdateResult> {
  const catalog = { digest: '', documents: [] }
  return createVerifier({ rootKeys, catalog, newest }).update(trustList, now)
}
