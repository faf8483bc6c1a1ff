import { complete, deleteIDB, done, openIDB, REST_MS, soon } from '../shared/idb.js'

// What the wallet keeps on this device. Values are encrypted at rest under a key that
// the browser holds and gives to no script (it is not extractable): a copy of the
// profile's files tells nothing without the browser's own key store where the system
// has one. A script that runs in this page could have values decrypted; against that
// the page's policy stands, not this.
//
// Names of values are not encrypted, and must say nothing of a person.

const DATABASE = 'giayto-wallet'
const KEYS = 'keys'
const VALUES = 'values'
/** The place of the only key. */
const KEY = 'values'
/** Of an AES-GCM nonce, in bytes (NIST SP 800-38D, section 5.2.1.1). */
const IV_LENGTH = 12

/** An encrypted value. */
interface Sealed {
  iv: Uint8Array<ArrayBuffer>
  data: ArrayBuffer
}

interface Opened {
  database: IDBDatabase
  key: CryptoKey
}

/** Encrypted values by name. Nothing here rejects for want of a database: memory
 * takes its place, and lasting says so. */
export class Vault {
  /** As JSON, what the database has not got; undefined for a value that is to go. */
  private readonly memory = new Map<string, string | undefined>()
  private opened: Promise<Opened> | undefined
  private restUntil = -Infinity
  private kept = true

  private constructor() {}

  /** Opens what this device keeps. */
  static async open(): Promise<Vault> {
    const vault = new Vault()
    await vault.run(() => Promise.resolve()) // finds out whether there is a database
    return vault
  }

  /** Reports whether what is stored lasts beyond this page. */
  lasting(): boolean {
    return this.kept
  }

  /** The value of a name; undefined where there is none. One that was damaged, that
   * stood under another name or was encrypted with another key is deleted and counts
   * as none. */
  async get<T>(name: string): Promise<T | undefined> {
    if (this.memory.has(name)) return parsed(this.memory.get(name)) as T | undefined
    const found = await this.run(async ({ database, key }) => {
      const sealed: unknown = await read(database, name)
      if (sealed === undefined) return undefined
      const value = parsed(await unseal(sealed, key, name))
      if (value === undefined) await remove(database, name, sealed)
      return value
    })
    // It may have been set while this was read.
    return (this.memory.has(name) ? parsed(this.memory.get(name)) : found?.value) as T | undefined
  }

  /** Keeps a value that JSON can hold, in the place of the one before; undefined
   * deletes it. */
  async set(name: string, value: unknown): Promise<void> {
    const text = JSON.stringify(value) as string | undefined
    this.memory.set(name, text)
    const written = await this.run(async ({ database, key }) => {
      const sealed = text === undefined ? undefined : await seal(text, key, name)
      const transaction = database.transaction(VALUES, 'readwrite')
      const values = transaction.objectStore(VALUES)
      if (sealed) values.put(sealed, name)
      else values.delete(name)
      await soon(complete(transaction))
    })
    // A later call may have put another value there meanwhile.
    if (written && this.memory.get(name) === text) this.memory.delete(name)
  }

  /** Deletes every value and the key, so that copies of the values are worth nothing.
   * Reports whether it could. */
  async clear(): Promise<boolean> {
    this.memory.clear()
    this.forget()
    if (!('indexedDB' in globalThis)) return true
    try {
      await deleteIDB(DATABASE)
      return true
    } catch {
      return false
    }
  }

  /** Closes the database; it is opened again when it is needed. */
  private forget(): void {
    void this.opened?.then(({ database }) => database.close(), () => undefined)
    this.opened = undefined
  }

  private open(): Promise<Opened> {
    this.opened ??= openIDB(DATABASE, (database) => {
      database.createObjectStore(KEYS)
      database.createObjectStore(VALUES)
    }).then(async (database) => {
      // Another page deletes it, or the browser took it away: the key is gone too.
      database.onversionchange = () => this.forget()
      database.onclose = () => (this.opened = undefined)
      return { database, key: await keyOf(database) }
    })
    return this.opened
  }

  /** Does something with the database, a second time if it was lost. Undefined means
   * that there is none. */
  private async run<T>(work: (opened: Opened) => Promise<T>): Promise<{ readonly value: T } | undefined> {
    if (performance.now() < this.restUntil) return undefined
    for (let last = false; ; last = true) {
      try {
        const value = await work(await this.open())
        this.kept = true
        return { value }
      } catch {
        this.forget()
        if (!last) continue
        this.restUntil = performance.now() + REST_MS
        this.kept = false
        return undefined
      }
    }
  }
}

/** The key of this device, made at the first time. Of two pages that make one at
 * once, one takes that of the other. */
async function keyOf(database: IDBDatabase): Promise<CryptoKey> {
  const find = (keys: IDBObjectStore) => done(keys.get(KEY) as IDBRequest<CryptoKey | undefined>)
  const kept = await soon(find(database.transaction(KEYS).objectStore(KEYS)))
  if (kept) return kept
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const transaction = database.transaction(KEYS, 'readwrite')
  const written = complete(transaction)
  const keys = transaction.objectStore(KEYS)
  const other = await soon(find(keys))
  if (!other) keys.put(made, KEY)
  await soon(written)
  return other ?? made
}

function read(database: IDBDatabase, name: string): Promise<unknown> {
  return soon(done(database.transaction(VALUES).objectStore(VALUES).get(name) as IDBRequest<unknown>))
}

/** Deletes a value that cannot be read, unless another page has put a new one there. */
async function remove(database: IDBDatabase, name: string, seen: unknown): Promise<void> {
  const transaction = database.transaction(VALUES, 'readwrite')
  const written = complete(transaction)
  const values = transaction.objectStore(VALUES)
  const now: unknown = await soon(done(values.get(name) as IDBRequest<unknown>))
  if (!isSealed(now) || !isSealed(seen) || String(now.iv) === String(seen.iv)) values.delete(name)
  await soon(written)
}

/** The name of a value is authenticated with it, so that one cannot stand in for
 * another. */
const parameters = (iv: Uint8Array<ArrayBuffer>, name: string) => ({ name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(name) })

async function seal(text: string, key: CryptoKey, name: string): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_LENGTH))
  return { iv, data: await crypto.subtle.encrypt(parameters(iv, name), key, new TextEncoder().encode(text)) }
}

/** The text of a value; undefined for what was not sealed with this key under this
 * name. */
async function unseal(sealed: unknown, key: CryptoKey, name: string): Promise<string | undefined> {
  if (!isSealed(sealed)) return undefined
  try {
    return new TextDecoder().decode(await crypto.subtle.decrypt(parameters(sealed.iv, name), key, sealed.data))
  } catch {
    return undefined
  }
}

function isSealed(value: unknown): value is Sealed {
  const { iv, data } = (value ?? {}) as Partial<Sealed>
  return iv instanceof Uint8Array && iv.length === IV_LENGTH && data instanceof ArrayBuffer
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
