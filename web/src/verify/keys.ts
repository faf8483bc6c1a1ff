import { createVerifier, type Newest, type Reason, type TrustListInfo, type Verifier } from '@giayto/verifier'
import type { Store } from '../shared/store.js'

// The list of keys that this device works from: where it comes from, how it is
// renewed, and since when nobody has confirmed it.

const LIST_URL = '/v1/public/trust-list'
const NAME = 'keys'
/** Bytes; a longer answer is no list. The same bound as in the verifier. */
const MAX_LIST = 4 << 20
const FETCH_MS = 10_000

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
export type Renewal = { readonly result: 'newer' | 'same' } | { readonly result: 'refused'; readonly reason: Reason } | { readonly result: 'unreachable' }

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

/** Keeps the list and makes the verifier that works from it. */
export class Keys {
  readonly verifier: Verifier
  private info: TrustListInfo | undefined
  private heardAt = 0
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
    if (kept) await keys.take(kept.list, kept.heardAt)
    if (delivered.trustList !== undefined) {
      const reason = await keys.take(delivered.trustList, Math.min(delivered.servedAt?.getTime() ?? 0, now()))
      // A page from the cache brings an old list, which is no trouble.
      if (reason && reason !== 'trust_list_rollback') keys.trouble = reason
    }
    return keys
  }

  state(): ListState {
    const { info, heardAt, trouble, serverAhead } = this
    return { info, heardAt, trouble: trouble ?? (info ? undefined : 'trust_list_missing'), serverAhead }
  }

  /** Offers a list that somebody says is the newest at a moment. Gives the reason
   * if it is refused. */
  private async take(list: string, heardAt: number): Promise<Reason | undefined> {
    const answer = await this.verifier.update(list, this.now())
    if (!answer.updated) return answer.reason
    // The list itself is a witness: it was the newest when it was signed.
    this.heardAt = Math.max(heardAt, answer.trustList.issuedAt.getTime(), answer.trustList.version === this.info?.version ? this.heardAt : 0)
    this.info = answer.trustList
    this.list = list
    this.roots = await Promise.all(answer.newest.roots.map(thumbprint))
    this.trouble = undefined
    const kept: Kept = { list, newest: answer.newest, heardAt: this.heardAt }
    await this.store.set(NAME, kept)
    return undefined
  }

  /** Takes a list from a file. It says nothing about how old it is beyond its own
   * date. */
  async takeFile(file: Blob): Promise<Renewal> {
    if (file.size > MAX_LIST) return { result: 'refused', reason: 'trust_list_invalid' }
    return this.offer(await file.text(), 0)
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
    let list: string
    try {
      const answer = await fetch(LIST_URL, { cache: 'no-cache', credentials: 'omit', redirect: 'error', signal: AbortSignal.timeout(FETCH_MS) })
      if (!answer.ok || Number(answer.headers.get('Content-Length') ?? 0) > MAX_LIST) return { result: 'unreachable' }
      list = await answer.text()
      this.compareClocks(answer.headers.get('Date'), asked)
    } catch {
      return { result: 'unreachable' }
    }
    const renewal = await this.offer(list, asked)
    if (renewal.result === 'refused') this.trouble = renewal.reason
    return renewal
  }

  /** The server's Date has whole seconds and is not signed: it serves to warn, and
   * decides nothing. */
  private compareClocks(date: string | null, asked: number): void {
    const said = Date.parse(date ?? '')
    if (Number.isNaN(said)) return
    const middle = (asked + this.now()) / 2
    this.serverAhead = said + 500 - middle
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
