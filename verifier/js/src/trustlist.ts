import { ceil, parseMoment, type Moment } from './civil.js'
import { fromBase64url, parseKey, sha256, toBase64url, verifies, type NamedKey } from './jwk.js'
import {
  MAX_BOUND_LIFETIME,
  MAX_GRACE,
  MAX_LIFETIME,
  MAX_SKEW,
  MAX_TRUST_LIST,
  MAX_TRUSTED_KEYS,
} from './limits.js'
import type { Reason } from './reasons_gen.js'

// The trust list (section 9 of the specification): keys and rules, signed by a
// pinned root.

const TYPE = 'giayto-trust-list+jwt'
const ALGORITHM = 'ES256'
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

/** Names a list: who remembers the stamp of the newest list can tell a rollback
 * after a restart. It is plain data and can be stored as JSON. */
export interface Stamp {
  readonly version: number
  /** SHA-256 of the signed content, base64url. */
  readonly digest: string
  /** Thumbprint of the root that signed. */
  readonly root: string
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
  readonly stamp: Stamp
  /** By key id, in the order of the list. */
  readonly keys: ReadonlyMap<string, readonly TrustedKey[]>
}

/** White space by Unicode, as it may stand around a list. */
const SPACE = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

function trim(s: string): string {
  let from = 0
  let to = s.length
  while (from < to && SPACE.test(s[from]!)) from++
  while (to > from && SPACE.test(s[to - 1]!)) to--
  return s.slice(from, to)
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

type Members = Record<string, unknown>

function members(v: unknown): Members | undefined {
  return typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as Members) : undefined
}

function parse(bytes: Uint8Array | undefined): Members | undefined {
  try {
    return bytes && members(JSON.parse(utf8.decode(bytes)))
  } catch {
    return undefined
  }
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

/** Opens a list that one of the pinned roots signed; undefined if the list is
 * invalid. It never throws. */
export async function open(list: unknown, roots: readonly NamedKey[]): Promise<TrustList | undefined> {
  const text = list instanceof Uint8Array ? utf8.decode(list) : list
  if (typeof text !== 'string') return undefined
  const body = trim(text)
  const parts = body.split('.')
  if (body.length > MAX_TRUST_LIST || parts.length !== 3) return undefined
  const header = parse(fromBase64url(parts[0]))
  // The algorithm is ours; the header's own word must not differ, and b64
  // changes what is signed (RFC 7797), with or without crit beside it.
  if (header?.['typ'] !== TYPE || header['alg'] !== ALGORITHM || 'crit' in header || 'b64' in header) return undefined
  const payload = fromBase64url(parts[1])
  const signature = fromBase64url(parts[2])
  if (!payload || signature?.length !== 64) return undefined
  const signed = new TextEncoder().encode(`${parts[0]}.${parts[1]}`)
  for (const root of roots) {
    if (await verifies(root.key, signature, signed)) return read(payload, root)
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
  if (!version || !issuedAt || !nextUpdate || !after(nextUpdate, issuedAt)) return undefined
  if (!Array.isArray(listed) || listed.length > MAX_TRUSTED_KEYS) return undefined
  const keys = new Map<string, TrustedKey[]>()
  const seen = new Set([root.thumbprint]) // the root signs lists and nothing else
  for (const key of await Promise.all(listed.map(readKey))) {
    if (!key || seen.has(key.thumbprint)) return undefined // one key, one purpose
    seen.add(key.thumbprint)
    keys.set(key.id, [...(keys.get(key.id) ?? []), key])
  }
  const stamp = { version, digest: toBase64url(await sha256(payload)), root: root.thumbprint }
  return { version, issuer: (l['iss'] as string | null | undefined) ?? '', issuedAt, nextUpdate, rules, stamp, keys }
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
  if (!k || k['alg'] !== ALGORITHM || !optionalText(k['revoked_reason'])) return undefined
  const purpose = k['purpose']
  if (typeof purpose !== 'string' || purpose === '' || purpose === TRUST_LIST) return undefined
  const notBefore = parseMoment(k['not_before'])
  const notAfter = parseMoment(k['not_after'])
  const revokedAt = parseMoment(k['revoked_at'])
  if (!notBefore || !notAfter || !after(notAfter, notBefore) || (!revokedAt && (k['revoked_at'] ?? null) !== null)) return undefined
  const named = await parseKey(k['jwk'])
  return named && { ...named, purpose, notBefore, notAfter, ...(revokedAt && { revokedAt }) }
}

/** Reports whether a list may be used where another one has been seen: the same
 * list again may, another under the same version may not. */
export function supersedes(list: Stamp, older: Stamp): boolean {
  if (list.root !== older.root) return true
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
