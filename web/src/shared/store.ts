import { MemoryReplay, type ReplayStore } from '@giayto/verifier/core'
import { complete, deleteIDB, done, openIDB, REST_MS, soon } from './idb.js'

// What a page keeps on this device. Everything goes to memory too, so that a
// browser which keeps nothing (a private window, a full disk, storage that is
// switched off) still checks papers, and says that it will forget. A database
// that was lost is opened again, and gets what memory has.

const VALUES = 'values'
const SEEN = 'seen'
const LOG = 'log'
const STORES = [VALUES, SEEN, LOG]


/** One line of the log with its number; below zero while only memory has it. */
export type Numbered<Entry> = Entry & { readonly n: number }

export interface Store<Entry extends object> extends ReplayStore {
  /** Reports whether what is stored lasts beyond this page. */
  lasting(): boolean
  get(name: string): Promise<unknown>
  /** Replaces a value by what the function makes of it, in one step, although other
   * pages do the same. Gives the new value. */
  update(name: string, change: (value: unknown) => unknown): Promise<unknown>
  /** Adds a line to the log. */
  append(entry: Entry): Promise<void>
  /** The log, oldest first. */
  entries(): Promise<Numbered<Entry>[]>
  /** Passes every line of the log through a function: it is replaced by what comes
   * out, or deleted. Reports whether that lasts. */
  revise(change: (entry: Numbered<Entry>) => Numbered<Entry> | undefined): Promise<boolean>
  /** Deletes what is known of presentations that ended before a moment. */
  forgetEnded(now: number): Promise<void>
  /** Deletes everything, also what an earlier page left. Reports whether it could. */
  clear(): Promise<boolean>
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return openIDB(name, (database) => {
    database.createObjectStore(VALUES)
    database.createObjectStore(SEEN, { keyPath: 'key' }).createIndex('until', 'until')
    database.createObjectStore(LOG, { keyPath: 'n', autoIncrement: true })
  })
}

async function deleteEnded(seen: IDBObjectStore, now: number): Promise<void> {
  const ended = await done(seen.index('until').getAllKeys(IDBKeyRange.upperBound(now, true)))
  await Promise.all(ended.map((key) => done(seen.delete(key))))
}

async function putSeen(seen: IDBObjectStore, key: string, until: number): Promise<number | undefined> {
  const found = (await done(seen.get(key))) as { readonly until: number } | undefined
  await done(seen.put({ key, until: Math.max(until, found?.until ?? 0) }))
  return found?.until
}

class KeptStore<Entry extends object> implements Store<Entry> {
  private readonly values = new Map<string, unknown>()
  private readonly replay = new MemoryReplay()
  /** What the database has not got yet. */
  private readonly changed = new Set<string>()
  private readonly unseen = new Map<string, number>()
  private log: Numbered<Entry>[] = []
  private last = 0
  private database: Promise<IDBDatabase> | undefined
  private restUntil = -Infinity
  private kept = true

  constructor(
    private readonly name: string,
    private readonly onTrouble: () => void,
  ) {}

  lasting(): boolean {
    return this.kept
  }

  private open(): Promise<IDBDatabase> {
    this.database ??= openDatabase(this.name).then(async (database) => {
      const gone = () => (this.database = undefined)
      database.onclose = gone // the browser took it away
      database.onversionchange = () => {
        database.close() // another page deletes it
        gone()
      }
      await this.handOver(database)
      return database
    })
    return this.database
  }

  /** Gives a database what happened while there was none. */
  private async handOver(database: IDBDatabase): Promise<void> {
    if (!this.changed.size && !this.unseen.size && !this.log.length) return
    const transaction = database.transaction(STORES, 'readwrite')
    const written = complete(transaction)
    const [values, seen, log] = STORES.map((s) => transaction.objectStore(s)) as [IDBObjectStore, IDBObjectStore, IDBObjectStore]
    const names = [...this.changed]
    const keys = [...this.unseen]
    const lines = this.log
    names.forEach((name) => values.put(this.values.get(name), name))
    lines.forEach(({ n: _, ...line }) => log.add(line))
    await soon(Promise.all([...keys.map(([key, until]) => putSeen(seen, key, until)), written]))
    names.forEach((name) => this.changed.delete(name))
    keys.forEach(([key]) => this.unseen.delete(key))
    this.log = this.log.filter((line) => !lines.includes(line))
  }

  private async attempt<T>(store: string, mode: IDBTransactionMode, work: (s: IDBObjectStore) => Promise<T>): Promise<T> {
    const database = await this.open()
    const transaction = database.transaction(store, mode)
    try {
      // The transaction stays open only while its own requests are awaited.
      const [result] = await soon(Promise.all([work(transaction.objectStore(store)), complete(transaction)]))
      return result
    } catch (e) {
      try {
        transaction.abort()
      } catch {
        // It has ended already.
      }
      throw e
    }
  }

  /** Runs one transaction, a second time if the database was lost. Undefined means
   * that memory goes on alone. */
  private async run<T>(store: string, mode: IDBTransactionMode, work: (s: IDBObjectStore) => Promise<T>): Promise<{ readonly value: T } | undefined> {
    if (performance.now() < this.restUntil) return undefined
    for (let last = false; ; last = true) {
      try {
        const value = await this.attempt(store, mode, work)
        this.become(true)
        return { value }
      } catch {
        void this.database?.then((database) => database.close(), () => undefined)
        this.database = undefined
        if (!last) continue
        this.restUntil = performance.now() + REST_MS
        this.become(false)
        return undefined
      }
    }
  }

  private become(kept: boolean): void {
    if (this.kept === kept) return
    this.kept = kept
    this.onTrouble()
  }

  async get(name: string): Promise<unknown> {
    if (!this.changed.has(name)) {
      const found = await this.run(VALUES, 'readonly', (s) => done(s.get(name)))
      if (found && !this.changed.has(name)) this.values.set(name, found.value)
    }
    return this.values.get(name)
  }

  async update(name: string, change: (value: unknown) => unknown): Promise<unknown> {
    const written = await this.run(VALUES, 'readwrite', async (s) => {
      const value = change(await done(s.get(name)))
      await done(s.put(value, name))
      return value
    })
    if (!written) this.changed.add(name)
    const value = written ? written.value : change(this.values.get(name))
    this.values.set(name, value)
    return value
  }

  /** Of two pages that see one presentation at once, one is told that it was seen:
   * the transaction reads and writes in one step. */
  async seen(key: string, until: number, now: number): Promise<boolean> {
    const here = this.replay.seen(key, until, now)
    const before = await this.run(SEEN, 'readwrite', async (s) => {
      await deleteEnded(s, now)
      return putSeen(s, key, until)
    })
    if (!before) this.unseen.set(key, until)
    return here || (before?.value ?? -Infinity) >= now
  }

  async append(entry: Entry): Promise<void> {
    const added = await this.run(LOG, 'readwrite', (s) => done(s.add(entry)))
    if (!added) this.log.push({ ...entry, n: --this.last })
  }

  async entries(): Promise<Numbered<Entry>[]> {
    const found = await this.run(LOG, 'readonly', (s) => done(s.getAll() as IDBRequest<Numbered<Entry>[]>))
    return [...(found?.value ?? []), ...this.log]
  }

  async revise(change: (entry: Numbered<Entry>) => Numbered<Entry> | undefined): Promise<boolean> {
    this.log = this.log.map(change).filter((e) => e !== undefined)
    const revised = await this.run(LOG, 'readwrite', async (s) => {
      for (const entry of await done(s.getAll() as IDBRequest<Numbered<Entry>[]>)) {
        const next = change(entry)
        if (!next) await done(s.delete(entry.n))
        else if (next !== entry) await done(s.put(next))
      }
    })
    return revised !== undefined
  }

  async forgetEnded(now: number): Promise<void> {
    for (const [key, until] of this.unseen) if (until < now) this.unseen.delete(key)
    await this.run(SEEN, 'readwrite', (s) => deleteEnded(s, now))
  }

  async clear(): Promise<boolean> {
    this.values.clear()
    this.changed.clear()
    this.log = []
    void this.database?.then((database) => database.close(), () => undefined)
    this.database = undefined
    try {
      await deleteIDB(this.name)
      return true
    } catch {
      return false
    }
  }
}

/** Opens what a page keeps. It never rejects; onTrouble is called when the device
 * stops keeping it, and when it does again. */
export async function openStore<Entry extends object>(name: string, onTrouble: () => void): Promise<Store<Entry>> {
  const store = new KeptStore<Entry>(name, onTrouble)
  await store.get('') // finds out whether there is a database
  return store
}
