// The bundled reader: ZXing-C++ as WebAssembly, for QR codes alone.

import { prepareZXingModule, readBarcodes, type ReaderOptions, type ReadResult } from 'zxing-wasm/reader'

/** Finds the QR codes of a picture and returns the text of each. */
export type Reader = (pixels: ImageData, thorough: boolean) => Promise<string[]>

/** For a frame of a camera: another comes in a moment. */
const frame: ReaderOptions = {
  formats: ['QRCode'],
  tryHarder: true,
  tryRotate: false, // lines only: QR codes are found at every angle
  tryInvert: false,
  tryDownscale: true,
  maxNumberOfSymbols: 4,
  textMode: 'Plain',
}

/** For a file, which comes once. */
const image: ReaderOptions = { ...frame, tryInvert: true, maxNumberOfSymbols: 16 }

/** Loads the reader from an address of this origin. The library would fetch it
 * from a public CDN if it were left alone. */
export async function createReader(wasmUrl: string): Promise<Reader> {
  const module = await WebAssembly.compileStreaming(fetch(wasmUrl, { credentials: 'same-origin' }))
  await prepareZXingModule({
    overrides: {
      locateFile: () => wasmUrl,
      instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
        void WebAssembly.instantiate(module, imports).then(done)
        return {}
      },
    },
    fireImmediately: true,
  })
  return async (pixels, thorough) => (await readBarcodes(pixels, thorough ? image : frame)).map(textOf)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Returns the text exactly as it was written. Codes that name no character set
 * carry UTF-8 today; the library would guess from the letters. */
function textOf(result: ReadResult): string {
  if (result.hasECI) return result.text
  try {
    return utf8.decode(result.bytes)
  } catch {
    return result.text
  }
}
