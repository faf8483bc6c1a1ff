import type { ApiRequest, Transport } from './client_gen.js'
import { ApiFault, ownFault } from './fault.js'

export { ApiFault, type OwnCode } from './fault.js'

// How a page speaks with its server. The token of the session lies in a cookie that
// no script reads. What is not a GET needs the token against forged requests
// beside it: that one lives in memory alone, and a page that was loaded anew asks
// for it, so that nothing of a session is ever in storage that a script reads.

/** How long an answer may take, to its last byte. */
const PATIENCE_MS = 15_000
/** How long an answer may be, in bytes: many times a paper with its portrait. */
const LARGEST = 4 << 20

const SESSION = '/v1/citizen/sessions/current'

export interface TransportOptions {
  /** Instead of the fetch of the browser. */
  fetch?: typeof fetch
  /** Milliseconds until an answer is given up. */
  patience?: number
}

/**
 * Opens the way to the server of this page, for Client.
 *
 * It rejects with an ApiFault: the refusal that the server answered, or one of
 * network.offline (no connection), network.slow (no whole answer in time: what was
 * asked for may have been done) and network.broken (the answer is not that of this
 * server). A request that its caller gives up rejects with the reason of its signal.
 */
export function openTransport(options: TransportOptions = {}): Transport {
  const send = options.fetch ?? ((url, init) => fetch(url, init))
  const patience = options.patience ?? PATIENCE_MS
  let csrf: string | undefined

  async function exchange({ method, path, body, signal }: ApiRequest): Promise<unknown> {
    if (!/^\/v1\/(citizen|public)\//.test(path)) throw new TypeError('not a path of the interface')
    const headers: Record<string, string> = { Accept: 'application/json, application/problem+json' }
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    if (csrf && method !== 'GET') headers['X-CSRF-Token'] = csrf
    return await within(patience, signal, async (limit) => {
      const response = await send(path, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: limit,
        credentials: 'same-origin',
        mode: 'same-origin',
        redirect: 'manual', // the interface has none; a network that wants a sign-in does
        referrerPolicy: 'no-referrer',
        cache: path.startsWith('/v1/public/') ? 'default' : 'no-store',
      })
      return await answerOf(response)
    })
  }

  return async (request) => {
    let answer: unknown
    try {
      answer = await exchange(request)
    } catch (fault) {
      if (fault instanceof ApiFault && fault.status === 401) csrf = undefined
      if (!(fault instanceof ApiFault && fault.code === 'session.cross_site')) throw fault
      // The page was loaded anew, or another window has another token by now. The
      // server refuses before it does anything, so that asking again is safe.
      csrf = csrfOf(await exchange({ method: 'GET', path: SESSION, signal: request.signal }))
      answer = await exchange(request)
    }
    csrf = csrfOf(answer) ?? csrf
    if (request.method === 'DELETE' && request.path === SESSION) csrf = undefined
    return answer
  }
}

/** Runs work until it ends, takes too long, or is given up. */
async function within<T>(patience: number, given: AbortSignal | undefined, work: (limit: AbortSignal) => Promise<T>): Promise<T> {
  given?.throwIfAborted()
  const limit = new AbortController()
  let late = false
  const timer = setTimeout(() => {
    late = true
    limit.abort()
  }, patience)
  const giveUp = () => limit.abort()
  given?.addEventListener('abort', giveUp, { once: true })
  try {
    return await work(limit.signal)
  } catch (error) {
    given?.throwIfAborted()
    if (late) throw ownFault('network.slow')
    // The browser's words may hold the address; they go no further.
    throw error instanceof ApiFault ? error : ownFault('network.offline')
  } finally {
    clearTimeout(timer)
    given?.removeEventListener('abort', giveUp)
  }
}

/** What an answer holds, undefined for nothing; throws what it refuses. */
export async function answerOf(response: Response): Promise<unknown> {
  const { status } = response
  if (status === 204) return undefined
  const kind = response.headers.get('Content-Type')?.split(';')[0]?.trim().toLowerCase()
  if (kind !== (response.ok ? 'application/json' : 'application/problem+json')) {
    void response.body?.cancel().catch(() => undefined)
    throw ownFault('network.broken', status)
  }
  const text = await textOf(response)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw ownFault('network.broken', status)
  }
  if (response.ok) return value
  throw refusal(value, response)
}

/** Reads a body up to a bound. What breaks off is the caller's to name. */
async function textOf(response: Response): Promise<string> {
  if (!response.body) throw ownFault('network.broken', response.status)
  const reader = response.body.getReader()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  for (let read = 0; ; ) {
    const { done, value } = await reader.read()
    read += value?.byteLength ?? 0
    if (read > LARGEST) {
      void reader.cancel().catch(() => undefined)
      throw ownFault('network.broken', response.status)
    }
    try {
      text += decoder.decode(value, { stream: !done })
    } catch {
      throw ownFault('network.broken', response.status)
    }
    if (done) return text
  }
}

function refusal(problem: unknown, response: Response): ApiFault {
  const { status } = response
  if (!isObject(problem) || typeof problem['code'] !== 'string' || !isObject(problem['titles'])) return ownFault('network.broken', status)
  const { code, titles, field } = problem
  const { vi, en } = titles
  if (typeof vi !== 'string' || typeof en !== 'string') return ownFault('network.broken', status)
  const wait = response.headers.get('Retry-After') ?? ''
  return new ApiFault({
    code,
    status,
    titles: { vi, en },
    field: typeof field === 'string' ? field : undefined,
    retryAfter: /^\d{1,6}$/.test(wait) ? Number(wait) : undefined,
  })
}

function csrfOf(answer: unknown): string | undefined {
  return isObject(answer) && typeof answer['csrf_token'] === 'string' ? answer['csrf_token'] : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
