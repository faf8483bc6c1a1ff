// IndexedDB as promises, and with an end to every wait.

/** How long the database may take for one answer: some never give one, and another
 * page may hold it. */
const PATIENCE_MS = 2000
/** A database that could not be opened is left alone for this long. */
export const REST_MS = 20_000

/** An answer that takes too long: what was asked for may still happen. */
export class Late extends Error {}

/** Rejects with [Late] when an answer takes too long. */
export async function soon<T>(answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late()), PATIENCE_MS)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

/** What a request gives. */
export function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** Resolves once the transaction is on disk, not when its requests are answered:
 * a full disk is told only then. */
export function complete(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('aborted'))
    transaction.onerror = () => reject(transaction.error)
  })
}

/** Opens a database; create makes its stores when it is new. */
export async function openIDB(name: string, create: (database: IDBDatabase) => void): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1)
  request.onupgradeneeded = () => create(request.result)
  const opened = done(request)
  try {
    return await soon(opened)
  } catch (e) {
    opened.then((late) => late.close(), () => undefined)
    throw e
  }
}

/** Deletes a database with all it has. */
export async function deleteIDB(name: string): Promise<void> {
  await soon(done(indexedDB.deleteDatabase(name)))
}
