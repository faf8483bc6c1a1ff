import { createVerifier, type Newest, type Reason, type TrustListInfo, type Verifier } from '@giayto/verifier'
import type { Store } from '../shared/store.js'

// The list of keys that this device works from: where it comes from, how it is
// renewed, and since when nobody has confirmed it.

const LIST_URL = '/v1/public/trust-list'
const NAME = 'keys'
/** Bytes; a longer answer is no list. The same bound as in the verifier. */
const MAX_LIST = 4 << 20
const FETCH_MS = 10_000
/** How far a clock may be off without being wrong: the widest tolerance of a list. */
const CLOCK_TOLERANCE_MS = 300_000

/** What the page brings from the server that gave it. */
export interface Delivered {
  readonly trustList: string | undefined
  readonly rootKeys: readonly JsonWebKey[]
  /** When the server gave the page, by the server's clock. */
  readonly servedAt: Date | undefined
}

/** What this device keeps. The first roots that it saw are pinned: from then on a
 * list counts only if they, or a root that they named, have signed it. */
interface Kept {
  readonly list: string
  readonly newest: Newest
  /** When a server last said that this is its newest list. */
  readonly heardAt: number
}

/** What came of a renewal. */
export type Renewal = { readonly result: 'newer' | 'same' | 'in_use' } | { readonly result: 'refused'; readonly reason: Reason } | { readonly result: 'unreachable' }

export interface ListState {
  readonly info: TrustListInfo | undefined
  readonly heardAt: number
  /** Of the present list when it cannot be used, or of one that was delivered and
   * refused for something else than its age. */
  readonly trouble: Reason | undefined
  /** How far the server's clock was ahead of this device's, in milliseconds, when
   * both were last heard together. */
  readonly serverAhead: number | undefined
}

function isKept(v: unknown): v is Kept {
  const k = v as Kept | undefined
  return typeof k?.list === 'string' && typeof k.heardAt === 'number' && typeof k.newest === 'object'
}

/** Reports whether one list may follow another: the same again may, and only a root
 * that the other one trusts may have signed it. */
function follows(list: Newest, other: Newest): boolean {
  const signer = list.roots[0]
  if (!other.roots.some((root) => root.x === signer?.x && root.y === signer?.y)) return false
  return list.version > other.version || (list.version === other.version && list.digest === other.digest)
}

/** Keeps the list and makes the verifier that works from it. */
export class Keys {
  readonly verifier: Verifier
  private info: TrustListInfo | undefined
  private heardAt = 0
  /** Of the list that the page brought or the server gave last. */
  private trouble: Reason | undefined
  private serverAhead: number | undefined
  private list = ''
  private roots: readonly string[] = []
  private renewing: Promise<Renewal> | undefined

  private constructor(
    private readonly store: Store<never>,
    private readonly now: () => number,
    rootKeys: readonly JsonWebKey[],
    newest: Newest | undefined,
  ) {
    this.verifier = createVerifier({ rootKeys, newest, replay: store })
  }

  /** Takes up what the device keeps, then what the page brought, whichever is newer. */
  static async open(store: Store<never>, delivered: Delivered, now: () => number): Promise<Keys> {
    const found = await store.get(NAME)
    const kept = isKept(found) ? found : undefined
    const keys = new Keys(store, now, delivered.rootKeys, kept?.newest)
    if (kept) await keys.use(kept.list, kept.heardAt)
    if (delivered.trustList !== undefined) {
      const reason = await keys.take(delivered.trustList, Math.min(delivered.servedAt?.getTime() ?? 0, now()))
      // A page from the cache brings an old list, which is no trouble.
      if (reason && reason !== 'trust_list_rollback') keys.trouble = reason
    }
    return keys
  }

  state(): ListState {
    const { info, trouble, serverAhead } = this
    const issued = info?.issuedAt.getTime() ?? 0
    // A moment that has not come yet was written under a wrong clock.
    const heardAt = this.heardAt > this.now() + CLOCK_TOLERANCE_MS ? issued : this.heardAt
    return { info, heardAt, trouble: trouble ?? (info ? undefined : 'trust_list_missing'), serverAhead }
  }

  /** Works from a list from now on. Gives the reason if it is refused. */
  private async use(list: string, heardAt: number): Promise<Reason | undefined> {
    const answer = await this.verifier.update(list, this.now())
    if (!answer.updated) return answer.reason
    const before = this.info?.version === answer.trustList.version ? this.heardAt : 0
    // The list itself is a witness: it was the newest when it was signed.
    this.heardAt = Math.max(heardAt, answer.trustList.issuedAt.getTime(), before)
    this.info = answer.trustList
    this.list = list
    this.roots = await Promise.all(answer.newest.roots.map(thumbprint))
    return undefined
  }

  /** Takes a list that somebody says is the newest at a moment, and keeps it. What
   * another page has kept in the meantime is not undone: the newer one counts for
   * both. */
  private async take(list: string, heardAt: number): Promise<Reason | undefined> {
    const reason = await this.use(list, heardAt)
    if (reason) return reason
    const newest = (await this.verifier.newest())!
    const kept = (await this.store.update(NAME, (found) => {
      if (!isKept(found)) return { list, newest, heardAt: this.heardAt } satisfies Kept
      if (!follows(newest, found.newest)) return found
      return { list, newest, heardAt: found.newest.version === newest.version ? Math.max(found.heardAt, this.heardAt) : this.heardAt } satisfies Kept
    })) as Kept
    if (kept.list === list) return undefined
    await this.use(kept.list, kept.heardAt)
    return 'trust_list_rollback'
  }

  /** Takes a list from a file. It says nothing about how old it is beyond its own
   * date. */
  async takeFile(file: Blob): Promise<Renewal> {
    if (file.size > MAX_LIST) return { result: 'refused', reason: 'trust_list_invalid' }
    const renewal = await this.offer(await file.text(), 0)
    return renewal.result === 'same' ? { result: 'in_use' } : renewal
  }

  private async offer(list: string, heardAt: number): Promise<Renewal> {
    const before = this.info?.version
    const reason = await this.take(list, heardAt)
    if (reason) return { result: 'refused', reason }
    return { result: this.info?.version === before ? 'same' : 'newer' }
  }

  /** Asks the server for its newest list, once at a time. */
  renew(): Promise<Renewal> {
    this.renewing ??= this.fetchList().finally(() => (this.renewing = undefined))
    return this.renewing
  }

  private async fetchList(): Promise<Renewal> {
    const asked = this.now()
    const patience = new AbortController()
    const timer = setTimeout(() => patience.abort(), FETCH_MS)
    let list: string
    let heardAt = asked
    try {
      const answer = await fetch(LIST_URL, { cache: 'no-cache', credentials: 'omit', redirect: 'error', signal: patience.signal })
      if (!answer.ok || Number(answer.headers.get('Content-Length') ?? 0) > MAX_LIST) return { result: 'unreachable' }
      list = await answer.text()
      const said = Date.parse(answer.headers.get('Date') ?? '')
      if (!Number.isNaN(said)) {
        // The server's Date has whole seconds and is not signed: it serves to warn,
        // and never makes the list look younger.
        this.serverAhead = said + 500 - (asked + this.now()) / 2
        heardAt = Math.min(asked, said)
      }
    } catch {
      return { result: 'unreachable' }
    } finally {
      clearTimeout(timer)
    }
    const renewal = await this.offer(list, heardAt)
    this.trouble = renewal.result === 'refused' ? renewal.reason : undefined
    return renewal
  }

  /** The text of the list in use, to hand on as a file. */
  text(): string {
    return this.list
  }

  /** The thumbprints of the pinned roots, to compare with what the operator says. */
  rootNames(): readonly string[] {
    return this.roots
  }
}

/** Names a key by its members in their order (RFC 7638), base64url. */
async function thumbprint({ crv, kty, x, y }: JsonWebKey): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify({ crv, kty, x, y })))
  return btoa(String.fromCharCode(...new Uint8Array(digest))).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
