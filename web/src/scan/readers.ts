// The choice of the reader: the browser's own detector where it reads QR codes,
// else the bundled one.

import { bundledReader, type ReaderAssets } from './bundled.js'

/** How long the browser's detector may take before the bundled reader replaces
 * it, in milliseconds: some never answer when the service behind them is missing. */
const patience = 3000

export class Readers {
  readonly #assets: ReaderAssets
  #detector: Promise<BarcodeDetector | undefined> | undefined
  #kind: 'barcode-detector' | 'bundled' = 'BarcodeDetector' in globalThis ? 'barcode-detector' : 'bundled'

  constructor(assets: ReaderAssets) {
    this.#assets = assets
  }

  /** Which reader the next picture goes to. */
  get kind(): 'barcode-detector' | 'bundled' {
    return this.#kind
  }

  /** Makes ready the reader that will be used. */
  async load(): Promise<void> {
    if (!(await this.#own())) await bundledReader(this.#assets)
  }

  /** Reads a picture, which it takes: the caller uses it no more. Thorough is for
   * pictures that come once: where the browser's detector finds nothing, the
   * bundled reader looks too. */
  async read(image: ImageBitmap, thorough: boolean): Promise<string[]> {
    const detector = await this.#own()
    if (detector) {
      try {
        const texts = (await within(patience, detector.detect(image))).map((code) => code.rawValue)
        if (texts.length > 0 || !thorough) {
          image.close()
          return texts
        }
      } catch {
        this.#giveUp()
      }
    }
    try {
      return await (await bundledReader(this.#assets)).read(image, thorough)
    } finally {
      image.close() // where it did not reach the worker
    }
  }

  async #own(): Promise<BarcodeDetector | undefined> {
    if (this.#kind === 'bundled') return undefined
    this.#detector ??= ownDetector()
    const detector = await this.#detector
    if (!detector) this.#giveUp()
    return detector
  }

  #giveUp(): void {
    this.#kind = 'bundled'
    this.#detector = undefined
  }
}

/** Returns the browser's own detector, undefined where it reads no QR codes. */
async function ownDetector(): Promise<BarcodeDetector | undefined> {
  try {
    const formats = await within(patience, BarcodeDetector.getSupportedFormats())
    return formats.includes('qr_code') ? new BarcodeDetector({ formats: ['qr_code'] }) : undefined
  } catch {
    return undefined
  }
}

async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), milliseconds)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
