/** What the server put into the page when it answered. */
export interface PageData {
  /** The signed trust list, a compact JWS. The page's verifier checks it. */
  readonly trustList: string | undefined
  /** The public root keys to pin: the one that signed the list, and the one that
   * follows where the list names it. Empty where there is none yet. */
  readonly rootKeys: JsonWebKey[]
  /** When the page was made, or up to five minutes earlier, by the server's
   * clock. A page from the cache is as old as its last refresh. It is not signed:
   * good for telling how long ago the server said that its list was the newest. */
  readonly servedAt: Date | undefined
  /** The public origin of the deployment, such as https://giayto.example; empty
   * where it cannot be read. */
  readonly origin: string
}

/** Reads the block of the page. It never throws: a member that is damaged is as
 * one that is missing. */
export function pageData(): PageData {
  const data = block()
  const servedAt = typeof data.served_at === 'string' ? new Date(data.served_at) : undefined
  return {
    trustList: typeof data.trust_list === 'string' ? data.trust_list : undefined,
    rootKeys: Array.isArray(data.root_keys) ? data.root_keys.filter(isObject) : [],
    servedAt: servedAt && !Number.isNaN(servedAt.getTime()) ? servedAt : undefined,
    origin: typeof data.origin === 'string' ? data.origin : '',
  }
}

function block(): Record<string, unknown> {
  try {
    const data: unknown = JSON.parse(document.getElementById('giayto-data')?.textContent ?? '')
    return isObject(data) ? data : {}
  } catch {
    return {}
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
