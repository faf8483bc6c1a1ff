import type { Notice } from './client_gen.js'
import { ApiFault, ownFault } from './fault.js'
import { answerOf } from './transport.js'

// The notices of a citizen as they arrive. This reads the stream with fetch and not
// with EventSource, which hides why it was refused: a session that has ended must not
// be asked for again and again.

/** What becomes of following: connecting; open; waiting, until it tries again by
 * itself; ended, for good. */
export type FollowState = 'connecting' | 'open' | 'waiting' | 'ended'

/** The server writes at least every 15 seconds. */
const SILENCE_MS = 40_000
/** First wait, doubled with each failure up to the longest. */
const SHORTEST_MS = 1000
const LONGEST_MS = 60_000
/** No event is longer, in characters. */
const LARGEST = 1 << 16

export interface FollowOptions {
  /** Instead of the fetch of the browser. */
  fetch?: typeof fetch
  /** From 0 up to 1. */
  random?: () => number
}

/**
 * Calls onNotice for each notice behind the number from, in order and each once,
 * whatever happens to the network in between; 0 is from the beginning.
 *
 * onState is told each change. It has ended when the server refuses: fault is then
 * why, such as session.invalid, or wallet.notice_unknown where the inbox must be
 * listed anew. The answer stops it, after which nothing is called any more.
 */
export function follow(from: number, onNotice: (notice: Notice) => void, onState: (state: FollowState, fault?: ApiFault) => void, options: FollowOptions = {}): () => void {
  const send = options.fetch ?? ((url, init) => fetch(url, init))
  const random = options.random ?? Math.random
  const stopped = new AbortController()
  let last = from

  async function connection(): Promise<boolean> {
    const silence = new AbortController()
    const quiet = () => silence.abort()
    let timer = setTimeout(quiet, SILENCE_MS)
    stopped.signal.addEventListener('abort', quiet)
    let heard = false
    try {
      const response = await send(`/v1/citizen/inbox/stream?after=${last}`, {
        headers: { Accept: 'text/event-stream, application/problem+json' },
        signal: silence.signal,
        credentials: 'same-origin',
        mode: 'same-origin',
        redirect: 'manual',
        referrerPolicy: 'no-referrer',
        cache: 'no-store',
      })
      const isStream = response.status === 200 && response.headers.get('Content-Type')?.startsWith('text/event-stream')
      if (!isStream || !response.body) {
        await answerOf(response) // throws the refusal
        throw ownFault('network.broken', response.status)
      }
      const reader = response.body.getReader()
      const decoder = new TextDecoder()
      const events = new Events()
      for (;;) {
        const { done, value } = await reader.read()
        if (done || stopped.signal.aborted) return heard
        clearTimeout(timer)
        timer = setTimeout(quiet, SILENCE_MS)
        if (!heard) onState('open')
        heard = true
        for (const data of events.add(decoder.decode(value, { stream: true }))) {
          const notice = JSON.parse(data) as Notice
          if (!Number.isSafeInteger(notice.number)) throw ownFault('network.broken')
          if (notice.number <= last) continue
          last = notice.number
          // On its own, so that an error of the page is not taken for one of the network.
          queueMicrotask(() => stopped.signal.aborted || onNotice(notice))
        }
      }
    } catch (error) {
      if (error instanceof ApiFault && error.status >= 400 && error.status < 500 && error.status !== 429 && !error.code.startsWith('network.')) throw error
      return heard
    } finally {
      clearTimeout(timer)
      quiet() // a connection that is not read any more ends
      stopped.signal.removeEventListener('abort', quiet)
    }
  }

  async function run(): Promise<void> {
    for (let failures = 0; ; ) {
      onState('connecting')
      let heard: boolean
      try {
        heard = await connection()
      } catch (fault) {
        if (!stopped.signal.aborted) onState('ended', fault as ApiFault)
        return
      }
      if (stopped.signal.aborted) return
      failures = heard ? 0 : failures + 1
      onState('waiting')
      // Half of the wait is by chance, so that a server that comes back is not met by
      // everybody at once.
      const longest = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** failures)
      await pause(longest / 2 + (random() * longest) / 2, stopped.signal)
      if (stopped.signal.aborted) return
    }
  }

  void run()
  return () => stopped.abort()
}

/** Waits, and no longer than until there is a network again or the signal says so. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      globalThis.removeEventListener?.('online', end)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    globalThis.addEventListener?.('online', end)
    signal.addEventListener('abort', end)
  })
}

/** Server-sent events (HTML Living Standard, section 9.2.6), as far as the inbox uses
 * them: the data of each event. */
class Events {
  private rest = ''
  private data: string[] = []

  /** Takes a piece of the stream and gives the data of the events that it ends. */
  add(piece: string): string[] {
    const lines = (this.rest + piece).split('\n')
    this.rest = lines.pop()!
    const ended: string[] = []
    for (const line of lines) {
      if (line === '') {
        if (this.data.length) ended.push(this.data.join('\n'))
        this.data = []
      } else if (line.startsWith('data:')) {
        this.data.push(line.slice(5).replace(/^ /, ''))
      }
    }
    if (this.rest.length + this.data.join('').length > LARGEST) throw ownFault('network.broken')
    return ended
  }
}
