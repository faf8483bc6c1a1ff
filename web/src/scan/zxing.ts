// The bundled reader: ZXing-C++ as WebAssembly, for QR codes alone.

import { prepareZXingModule, readBarcodes, type ReaderOptions, type ReadResult } from 'zxing-wasm/reader'

/** Finds the QR codes of a picture and returns the text of each. */
export type Reader = (pixels: ImageData, thorough: boolean) => Promise<string[]>

/** For a frame of a camera: another comes in a moment. Measured by
 * web/bench/readers.mjs: without tryHarder small codes are missed, without
 * tryDownscale large blurred ones. */
export const frameOptions: ReaderOptions = {
  formats: ['QRCode'],
  tryHarder: true,
  tryDownscale: true,
  tryRotate: false, // for lines: QR codes are found at every angle
  tryInvert: false,
  maxNumberOfSymbols: 4, // the code of a phone held beside a printed card
  textMode: 'Plain',
}

/** For a file, which comes once. */
const imageOptions: ReaderOptions = { ...frameOptions, tryInvert: true, maxNumberOfSymbols: 16 }

/** A frame in so many is also looked at with dark and light exchanged: few codes
 * are light on dark, and the look costs half as much again. */
const invertEvery = 4

/** Loads the reader from an address of this origin. The library would fetch it
 * from a public CDN if it were left alone. */
export async function createReader(wasmUrl: string): Promise<Reader> {
  const module = await WebAssembly.compileStreaming(fetch(wasmUrl, { credentials: 'same-origin' }))
  await new Promise<unknown>((resolve, reject) => {
    const prepared = prepareZXingModule({
      overrides: {
        locateFile: () => wasmUrl,
        instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
          // The library waits for ever if this fails, as it does without enough memory.
          WebAssembly.instantiate(module, imports).then(done, reject)
          return {}
        },
      },
      fireImmediately: true,
    })
    prepared.then(resolve, reject)
  })
  let frames = 0
  return async (pixels, thorough) => {
    const options = thorough ? imageOptions : { ...frameOptions, tryInvert: ++frames % invertEvery === 0 }
    return (await readBarcodes(pixels, options)).map(textOf)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Returns the text exactly as it was written. A code that names no character set
 * carries UTF-8 today; the library would guess one from the letters. */
function textOf(result: ReadResult): string {
  const named = result.hasECI && result.contentType === 'Text'
  if (named) return result.text
  try {
    return utf8.decode(result.bytes)
  } catch {
    return result.text
  }
}
