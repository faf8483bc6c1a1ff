import { MemoryReplay, type ReplayStore } from '@giayto/verifier/core'

// What a page keeps on this device. Everything goes to memory first, so that a
// browser which keeps nothing (a private window, a full disk, storage that is
// switched off) still checks papers, and says that it will forget.

/** A part of what is kept: values by name, accepted presentations, the log. */
const VALUES = 'values'
const SEEN = 'seen'
const LOG = 'log'

/** One line of the log with its number. */
export type Numbered<Entry> = Entry & { readonly n: number }

export interface Store<Entry extends object> extends ReplayStore {
  /** Reports whether what is stored lasts beyond this page. */
  lasting(): boolean
  get(name: string): Promise<unknown>
  set(name: string, value: unknown): Promise<void>
  /** Adds a line to the log. */
  append(entry: Entry): Promise<void>
  /** The log, oldest first. */
  entries(): Promise<Numbered<Entry>[]>
  /** Passes every line of the log through a function: it is replaced by what comes
   * out, or deleted. */
  revise(change: (entry: Numbered<Entry>) => Numbered<Entry> | undefined): Promise<void>
  /** Deletes everything. */
  clear(): Promise<void>
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** Resolves once the transaction is on disk, not when its requests are answered:
 * a full disk is told only then. */
function complete(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('aborted'))
    transaction.onerror = () => reject(transaction.error)
  })
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore(VALUES)
      request.result.createObjectStore(SEEN, { keyPath: 'key' }).createIndex('until', 'until')
      request.result.createObjectStore(LOG, { keyPath: 'n', autoIncrement: true })
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    request.onblocked = () => reject(new Error('blocked'))
  })
}

class KeptStore<Entry extends object> implements Store<Entry> {
  private readonly values = new Map<string, unknown>()
  private readonly replay = new MemoryReplay()
  private log: Numbered<Entry>[] = []
  private last = 0

  constructor(
    private database: IDBDatabase | undefined,
    private readonly onTrouble: () => void,
  ) {
    if (!database) return
    const gone = () => this.lose()
    database.onclose = gone // the browser took it away
    database.onversionchange = () => {
      database.close() // another page deletes it
      gone()
    }
  }

  lasting(): boolean {
    return this.database !== undefined
  }

  private lose(): void {
    if (!this.database) return
    this.database = undefined
    this.onTrouble()
  }

  /** Runs one transaction; on trouble, memory goes on alone. */
  private async run<T>(store: string, mode: IDBTransactionMode, work: (s: IDBObjectStore) => Promise<T>): Promise<T | undefined> {
    if (!this.database) return undefined
    try {
      const transaction = this.database.transaction(store, mode)
      const written = complete(transaction)
      // The transaction stays open only while its own requests are awaited.
      const [result] = await Promise.all([work(transaction.objectStore(store)), written])
      return result
    } catch {
      this.lose()
      return undefined
    }
  }

  async get(name: string): Promise<unknown> {
    if (!this.values.has(name)) {
      const value = await this.run(VALUES, 'readonly', (s) => done(s.get(name)))
      if (value !== undefined && !this.values.has(name)) this.values.set(name, value)
    }
    return this.values.get(name)
  }

  async set(name: string, value: unknown): Promise<void> {
    this.values.set(name, value)
    await this.run(VALUES, 'readwrite', (s) => done(s.put(value, name)))
  }

  /** Of two pages that see one presentation at once, one is told that it was seen:
   * the transaction reads and writes in one step. */
  async seen(key: string, until: number, now: number): Promise<boolean> {
    const here = this.replay.seen(key, until, now)
    const before = await this.run(SEEN, 'readwrite', async (s) => {
      const found = (await done(s.get(key))) as { until: number } | undefined
      const ended = await done(s.index('until').getAllKeys(IDBKeyRange.upperBound(now, true)))
      await Promise.all([...ended.map((k) => done(s.delete(k))), done(s.put({ key, until: Math.max(until, found?.until ?? 0) }))])
      return found !== undefined && found.until >= now
    })
    return here || before === true
  }

  async append(entry: Entry): Promise<void> {
    const kept = await this.run(LOG, 'readwrite', (s) => done(s.add(entry)))
    if (kept === undefined) this.log.push({ ...entry, n: --this.last })
  }

  async entries(): Promise<Numbered<Entry>[]> {
    const kept = (await this.run(LOG, 'readonly', (s) => done(s.getAll()))) as Numbered<Entry>[] | undefined
    return [...(kept ?? []), ...this.log]
  }

  async revise(change: (entry: Numbered<Entry>) => Numbered<Entry> | undefined): Promise<void> {
    this.log = this.log.map(change).filter((e) => e !== undefined)
    await this.run(LOG, 'readwrite', async (s) => {
      for (const entry of (await done(s.getAll())) as Numbered<Entry>[]) {
        const next = change(entry)
        if (!next) await done(s.delete(entry.n))
        else if (next !== entry) await done(s.put(next))
      }
    })
  }

  async clear(): Promise<void> {
    this.values.clear()
    this.log = []
    for (const store of [VALUES, SEEN, LOG]) await this.run(store, 'readwrite', (s) => done(s.clear()))
  }
}

/** Opens what a page keeps. It never rejects; onTrouble is called when the device
 * stops keeping it later. */
export async function openStore<Entry extends object>(name: string, onTrouble: () => void): Promise<Store<Entry>> {
  const database = await openDatabase(name).catch(() => undefined)
  return new KeptStore<Entry>(database, onTrouble)
}
