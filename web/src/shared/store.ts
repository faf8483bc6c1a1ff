import { MemoryReplay, type ReplayStore } from '@giayto/verifier/core'
import { complete, deleteIDB, done, Late, openIDB, soon } from './idb.js'

// What a page keeps on this device. Everything goes to memory too, so that a
// browser which keeps nothing (a private window, a full disk, storage that is
// switched off) still checks papers, and says that it will forget. A database
// that was lost is opened again, and gets what memory has.

const VALUES = 'values'
const SEEN = 'seen'
const LOG = 'log'

/** What failed at once is tried again after this long, then beside everything else
 * after the next, at least once in the last. */
const AGAIN_MS = 100
const RETRY_MS = 1000
const LONGEST_RETRY_MS = 60_000

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

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

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

/** What is to happen to a database once there is one: in the order in which it was
 * asked for, on what the database holds by then. */
type Change = { readonly store: string; readonly work: (s: IDBObjectStore) => Promise<unknown> }

class KeptStore<Entry extends object> implements Store<Entry> {
  private readonly values = new Map<string, unknown>()
  private readonly replay = new MemoryReplay()
  private pending: Change[] = []
  private log: Numbered<Entry>[] = []
  private last = 0
  private database: Promise<IDBDatabase> | undefined
  private kept = true
  private wait = RETRY_MS

  constructor(
    private readonly name: string,
    private readonly onTrouble: () => void,
  ) {}

  lasting(): boolean {
    return this.kept
  }

  private open(): Promise<IDBDatabase> {
    this.database ??= openDatabase(this.name).then((database) => {
      const gone = () => (this.database = undefined)
      database.onclose = gone // the browser took it away
      database.onversionchange = () => {
        database.close() // another page deletes it
        gone()
      }
      return database
    })
    return this.database
  }

  private close(): void {
    void this.database?.then((database) => database.close(), () => undefined)
    this.database = undefined
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
   * that memory goes on alone; nobody waits for a database that is in trouble. */
  private async run<T>(store: string, mode: IDBTransactionMode, work: (s: IDBObjectStore) => Promise<T>): Promise<{ readonly value: T } | undefined> {
    if (!this.kept) return undefined
    for (let again = true; ; again = false) {
      try {
        return { value: await this.attempt(store, mode, work) }
      } catch (e) {
        this.close()
        // What took too long may still happen, and is not done twice.
        if (again && !(e instanceof Late)) await pause(AGAIN_MS)
        else {
          this.lose()
          return undefined
        }
      }
    }
  }

  /** Changes the database, now or once there is one. Undefined means later. */
  private async change<T>(store: string, work: (s: IDBObjectStore) => Promise<T>): Promise<{ readonly value: T } | undefined> {
    const done = await this.run(store, 'readwrite', work)
    if (!done) this.pending.push({ store, work })
    return done
  }

  private lose(): void {
    if (!this.kept) return
    this.kept = false
    this.onTrouble()
    if ('indexedDB' in globalThis) this.retry() // else there is nothing to wait for
  }

  /** Tries again beside everything else, less and less often. */
  private retry(): void {
    setTimeout(() => {
      this.handOver().then(
        () => {
          this.kept = true
          this.wait = RETRY_MS
          this.onTrouble()
        },
        () => {
          this.close()
          this.wait = Math.min(2 * this.wait, LONGEST_RETRY_MS)
          this.retry()
        },
      )
    }, this.wait)
  }

  /** Does to the database what was asked for while there was none. */
  private async handOver(): Promise<void> {
    await this.attempt(VALUES, 'readonly', (s) => done(s.count()))
    while (this.pending[0]) {
      const { store, work } = this.pending[0]
      await this.attempt(store, 'readwrite', work)
      this.pending.shift()
    }
    const lines = this.log
    await this.attempt(LOG, 'readwrite', (s) => Promise.all(lines.map(({ n: _, ...line }) => done(s.add(line)))))
    this.log = this.log.filter((line) => !lines.includes(line))
  }

  async get(name: string): Promise<unknown> {
    const found = await this.run(VALUES, 'readonly', (s) => done(s.get(name)))
    if (found) this.values.set(name, found.value)
    return this.values.get(name)
  }

  async update(name: string, change: (value: unknown) => unknown): Promise<unknown> {
    const written = await this.change(VALUES, async (s) => {
      const value = change(await done(s.get(name)))
      await done(s.put(value, name))
      this.values.set(name, value)
      return value
    })
    if (written) return written.value
    const value = change(this.values.get(name))
    this.values.set(name, value)
    return value
  }

  /** Of two pages that see one presentation at once, one is told that it was seen:
   * the transaction reads and writes in one step. */
  async seen(key: string, until: number, now: number): Promise<boolean> {
    const here = this.replay.seen(key, until, now)
    const before = await this.change(SEEN, async (s) => {
      await deleteEnded(s, now)
      return putSeen(s, key, until)
    })
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
    const revised = await this.change(LOG, async (s) => {
      for (const entry of await done(s.getAll() as IDBRequest<Numbered<Entry>[]>)) {
        const next = change(entry)
        if (!next) await done(s.delete(entry.n))
        else if (next !== entry) await done(s.put(next))
      }
    })
    return revised !== undefined
  }

  async forgetEnded(now: number): Promise<void> {
    await this.run(SEEN, 'readwrite', (s) => deleteEnded(s, now))
  }

  async clear(): Promise<boolean> {
    this.values.clear()
    this.pending = []
    this.log = []
    this.close()
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
