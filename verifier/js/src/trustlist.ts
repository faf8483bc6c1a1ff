import { toBase64url, utf8 } from './bytes.js'
import { ceil, parseMoment, type Moment } from './civil.js'
import { members, openJWS, parse, type Members } from './jws.js'
import { parseKey, sha256, type NamedKey } from './jwk.js'
import {
  MAX_AUTHORITIES,
  MAX_BOUND_LIFETIME,
  MAX_GRACE,
  MAX_LIFETIME,
  MAX_REASON,
  MAX_SKEW,
  MAX_TRUST_LIST,
  MAX_TRUSTED_KEYS,
} from './limits.js'
import type { Reason } from './reasons_gen.js'
import { successor } from './succession.js'

// The trust list (section 9 of the specification): keys and rules, signed by a
// pinned root.

const TYPE = 'giayto-trust-list+jwt'
const DISCLOSURE = 'disclosure'
const TRUST_LIST = 'trust-list'

/** Tolerances that a list carries, in seconds. */
export interface Rules {
  readonly maxLifetime: number
  readonly maxBoundLifetime: number
  readonly clockSkew: number
  /** After nextUpdate, until the list is too old. */
  readonly grace: number
}

export interface TrustedKey extends NamedKey {
  readonly purpose: string
  readonly notBefore: Moment
  readonly notAfter: Moment
  readonly revokedAt?: Moment
}

/** What to remember of the newest list: with it, a rollback is told after a
 * restart too, and a root that has handed over to another is trusted no more. It
 * is plain data and can be stored as JSON. */
export interface Newest {
  readonly version: number
  /** SHA-256 of the signed content, base64url. */
  readonly digest: string
  /** The roots whose lists may follow: the one that signed, then the successor
   * that the list names. */
  readonly roots: readonly JsonWebKey[]
}

/** What an answer tells about the list behind it. */
export interface TrustListInfo {
  readonly version: number
  readonly issuedAt: Date
  readonly nextUpdate: Date
  /** Since issuedAt, at the moment of the check. */
  readonly ageSeconds: number
}

/** A list that a pinned root signed. Only openTrustList makes one. */
export interface TrustList {
  readonly version: number
  readonly issuer: string
  readonly issuedAt: Moment
  readonly nextUpdate: Moment
  readonly rules: Rules
  readonly newest: Newest
  /** The keys behind newest.roots. */
  readonly roots: readonly NamedKey[]
  /** By key id, in the order of the list. */
  readonly keys: ReadonlyMap<string, readonly TrustedKey[]>
}

/** White space by Unicode, as it may stand around a list: \s has U+FEFF and lacks U+0085. */
const SPACE = /[^\S\ufeff]|\x85/

function trim(s: string): string {
  let from = 0
  let to = s.length
  while (from < to && SPACE.test(s[from]!)) from++
  while (to > from && SPACE.test(s[to - 1]!)) to--
  return s.slice(from, to)
}

/** An integer from least to most; a member that is missing or null counts as least where that is allowed. */
function integer(v: unknown, least: number, most: number, missing?: number): number | undefined {
  const n = v ?? missing
  return Number.isSafeInteger(n) && (n as number) >= least && (n as number) <= most ? (n as number) : undefined
}

function optionalText(v: unknown): boolean {
  return typeof (v ?? '') === 'string'
}

/** Reports whether both moments are there, the first after the second. */
function after(later: Moment | undefined, earlier: Moment | undefined): boolean {
  if (!later || !earlier) return false
  return later.ms > earlier.ms || (later.ms === earlier.ms && later.ns > earlier.ns)
}

/** Opens a list that one of the trusted roots signed; undefined if the list is
 * invalid. It never throws. */
export async function open(list: unknown, roots: readonly NamedKey[]): Promise<TrustList | undefined> {
  const text = list instanceof Uint8Array ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(list) : list
  if (typeof text !== 'string') return undefined
  const body = trim(text)
  if (body.length > MAX_TRUST_LIST) return undefined
  for (const root of roots) {
    const payload = await openJWS(body, root.key, TYPE)
    if (payload) return read(payload, root)
  }
  return undefined
}

/** Reads the content. Unknown members are ignored, so that lists can grow. */
async function read(payload: Uint8Array<ArrayBuffer>, root: NamedKey): Promise<TrustList | undefined> {
  const l = parse(payload)
  const rules = l && readRules(members(l['rules']))
  if (!l || !rules || !optionalText(l['iss'])) return undefined
  const version = integer(l['version'], 1, Number.MAX_SAFE_INTEGER)
  const issuedAt = parseMoment(l['issued_at'])
  const nextUpdate = parseMoment(l['next_update'])
  const listed = l['keys'] ?? []
  const issuer = (l['iss'] as string | null | undefined) ?? ''
  if (!version || !issuedAt || !nextUpdate || !after(nextUpdate, issuedAt)) return undefined
  if (!Array.isArray(listed) || listed.length > MAX_TRUSTED_KEYS || !anchors(l['certificate_authorities'])) return undefined
  const next = await successor(l['next_root'], issuer, root)
  if (!next) return undefined
  const keys = new Map<string, TrustedKey[]>()
  const roots = [root, ...next]
  const seen = new Set(roots.map((r) => r.thumbprint)) // a root signs lists and nothing else
  for (const key of await Promise.all(listed.map(readKey))) {
    if (!key || seen.has(key.thumbprint)) return undefined // one key, one purpose
    seen.add(key.thumbprint)
    keys.set(key.id, [...(keys.get(key.id) ?? []), key])
  }
  const newest = { version, digest: toBase64url(await sha256(payload)), roots: roots.map((r) => r.jwk) }
  return { version, issuer, issuedAt, nextUpdate, rules, newest, roots, keys }
}

/** The anchors of certificates stand behind credentials, which are not read
 * here: no more is asked than that they are a few, in base64. */
function anchors(v: unknown): boolean {
  const list = v ?? []
  return Array.isArray(list) && list.length <= MAX_AUTHORITIES && list.every((a) => typeof a === 'string' && /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}(?:==|[A-Za-z0-9+/]=))?$/.test(a))
}

function readRules(r: Members | undefined): Rules | undefined {
  const maxLifetime = integer(r?.['max_lifetime_seconds'], 1, MAX_LIFETIME)
  const maxBoundLifetime = integer(r?.['max_bound_lifetime_seconds'], 1, MAX_BOUND_LIFETIME)
  const clockSkew = integer(r?.['clock_skew_seconds'], 0, MAX_SKEW, 0)
  const grace = integer(r?.['grace_seconds'], 0, MAX_GRACE, 0)
  if (!maxLifetime || !maxBoundLifetime || clockSkew === undefined || grace === undefined) return undefined
  return { maxLifetime, maxBoundLifetime, clockSkew, grace }
}

async function readKey(v: unknown): Promise<TrustedKey | undefined> {
  const k = members(v)
  if (!k || k['alg'] !== 'ES256') return undefined
  const purpose = k['purpose']
  if (typeof purpose !== 'string' || purpose === '' || purpose === TRUST_LIST) return undefined
  const notBefore = parseMoment(k['not_before'])
  const notAfter = parseMoment(k['not_after'])
  const revokedAt = parseMoment(k['revoked_at'])
  if (!notBefore || !notAfter || !after(notAfter, notBefore) || (!revokedAt && (k['revoked_at'] ?? null) !== null)) return undefined
  const why = k['revoked_reason'] ?? ''
  if (typeof why !== 'string' || (why && !revokedAt) || utf8(why).length > MAX_REASON) return undefined
  const named = await parseKey(k['jwk'])
  return named && { ...named, purpose, notBefore, notAfter, ...(revokedAt && { revokedAt }) }
}

/** Reports whether a list may be used where another one has been seen: the same
 * list again may, another under the same version may not. */
export function supersedes(list: Newest, older: Pick<Newest, 'version' | 'digest'>): boolean {
  return list.version > older.version || (list.version === older.version && list.digest === older.digest)
}

/** Describes a list at a moment. */
export function describe(list: TrustList, now: number): TrustListInfo {
  return {
    version: list.version,
    issuedAt: new Date(list.issuedAt.ms),
    nextUpdate: new Date(list.nextUpdate.ms),
    ageSeconds: Math.trunc((now - list.issuedAt.ms - list.issuedAt.ns / 1e6) / 1000),
  }
}

/** Judges the list and the clock against each other (step 5). */
export function freshness(list: TrustList, now: number, maxAgeSeconds?: number): Reason | undefined {
  const { issuedAt, nextUpdate, rules } = list
  if (!(now >= ceil(issuedAt) - rules.clockSkew * 1000)) return 'clock_suspect'
  if (now > nextUpdate.ms + rules.grace * 1000) return 'trust_list_too_old'
  if (maxAgeSeconds && issuedAt.ms < now - maxAgeSeconds * 1000) return 'trust_list_too_old'
  return undefined
}

/** Tells why a key that made a signature does not count (step 6). */
export function judgeKey(key: TrustedKey, now: number, skewSeconds: number): Reason | undefined {
  const skew = skewSeconds * 1000
  if (key.purpose !== DISCLOSURE) return 'key_wrong_purpose'
  if (key.revokedAt && now >= ceil(key.revokedAt) - skew) return 'key_revoked'
  if (now < ceil(key.notBefore) - skew || now > key.notAfter.ms + skew) return 'key_not_valid'
  return undefined
}
