// The bundled reader as the page sees it: a worker that is loaded once.

import { ScannerFault } from './fault.js'
import { frameSide, imageSide } from './limits.js'
import { drawing, pixelsOf } from './pixels.js'
import type { Answer, Request } from './reader.worker.js'

/** Where the bundled reader is, on this origin. */
export interface ReaderAssets {
  readonly workerUrl: TrustedScriptURL | string
  readonly wasmUrl: string
}

/** How long loading may take, in milliseconds: half a megabyte over a bad network. */
const loadTime = 45_000

let current: Promise<BundledReader> | undefined

/** Returns the bundled reader. It stays when scanning ends, so that the next scan
 * begins at once; one that failed is loaded anew. */
export function bundledReader(assets: ReaderAssets): Promise<BundledReader> {
  current ??= BundledReader.load(assets, () => (current = undefined))
  return current
}

/** A worker that is asked one thing at a time, so that answers need no number. */
class BundledReader {
  readonly #worker: Worker
  readonly #lost: () => void
  /** Where the page has to draw, because a worker cannot. */
  readonly #drawing = 'OffscreenCanvas' in globalThis ? null : drawing()
  #turn: Promise<unknown> = Promise.resolve()
  #pending: { resolve(answer: Answer): void; reject(error: Error): void } | undefined
  #failure: Error | undefined

  private constructor(worker: Worker, lost: () => void) {
    this.#worker = worker
    this.#lost = lost
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.kind === 'failed') this.#fail(new Error(data.reason))
      else this.#pending?.resolve(data)
    }
    worker.onerror = (event) => {
      event.preventDefault()
      this.#fail(new Error(event.message || 'the reader did not start'))
    }
  }

  static async load(assets: ReaderAssets, lost: () => void): Promise<BundledReader> {
    if (!('WebAssembly' in globalThis)) {
      lost()
      throw new ScannerFault('unsupported')
    }
    // Where there are Trusted Types the constructor takes the object as it is.
    let reader: BundledReader
    try {
      reader = new BundledReader(new Worker(assets.workerUrl as string, { type: 'module', name: 'reader' }), lost)
    } catch (error) {
      lost()
      throw error
    }
    const stalled = setTimeout(() => reader.#fail(new Error('the reader did not load')), loadTime)
    try {
      await reader.#ask({ kind: 'load', wasmUrl: assets.wasmUrl }, [])
    } finally {
      clearTimeout(stalled)
    }
    return reader
  }

  /** Reads a picture, which it takes: the caller uses it no more. */
  async read(image: ImageBitmap, thorough: boolean): Promise<string[]> {
    const maxSide = thorough ? imageSide : frameSide
    if (this.#drawing) {
      const pixels = pixelsOf(this.#drawing, image, maxSide)
      return this.#texts({ kind: 'read', image: pixels, maxSide, thorough }, [pixels.data.buffer])
    }
    return this.#texts({ kind: 'read', image, maxSide, thorough }, [image])
  }

  async #texts(request: Request, transfer: Transferable[]): Promise<string[]> {
    const answer = await this.#ask(request, transfer)
    return answer.kind === 'read' ? answer.texts : []
  }

  #ask(request: Request, transfer: Transferable[]): Promise<Answer> {
    const answer = this.#turn.then(
      () =>
        new Promise<Answer>((resolve, reject) => {
          if (this.#failure) return reject(this.#failure)
          this.#pending = { resolve, reject }
          this.#worker.postMessage(request, transfer)
        }),
    )
    this.#turn = answer.catch(() => undefined)
    return answer
  }

  /** Ends a worker that failed: what is left of its memory is not worth keeping. */
  #fail(error: Error): void {
    this.#failure = error
    this.#worker.terminate()
    this.#lost()
    this.#pending?.reject(error)
  }
}
