// Runs in the browser: both readers on the same frames.
import jsQR from 'jsqr'
import { readBarcodes } from 'zxing-wasm/reader'
import { bundledReader } from '../src/scan/bundled.ts'
import { createReader, frameOptions } from '../src/scan/zxing.ts'
import { frameOf, frameWithout } from './distortion.js'

const zxing = await createReader('/reader.wasm')
const texts = async (options, pixels) => (await readBarcodes(pixels, { ...frameOptions, ...options })).map(({ text }) => text)
/** What is measured: readers by name, each from pixels to texts. */
const readers = {
  'zxing-wasm': (pixels) => zxing(pixels, false),
  jsQR: (pixels) => {
    const found = jsQR(pixels.data, pixels.width, pixels.height, { inversionAttempts: 'dontInvert' }) // else twice the time
    return found ? [found.data] : []
  },
  'zxing-wasm, not tryHarder': (pixels) => texts({ tryHarder: false }, pixels),
  'zxing-wasm, not tryDownscale': (pixels) => texts({ tryDownscale: false }, pixels),
  'zxing-wasm, tryInvert': (pixels) => texts({ tryInvert: true }, pixels),
}

/** Reads n frames under a condition with the readers named: of the codes given in
 * turn, or without a code. Returns by reader how many were read,
 * how many other texts, and the milliseconds of each frame. */
async function measure(names, condition, codes, n, seed) {
  const results = Object.fromEntries(names.map((name) => [name, { read: 0, wrong: 0, times: [] }]))
  for (let i = 0; i < n; i++) {
    const code = codes[i % codes.length]
    const pixels = await pixelsOf(code ? await frameOf(code, condition, seed + i) : await frameWithout(condition, seed + i))
    for (const name of names) {
      const begin = performance.now()
      const found = await readers[name](pixels)
      count(results[name], code, found, performance.now() - begin)
    }
  }
  return results
}

/** The same by the way of the product: the frame goes to the worker, the texts
 * come back. Of the square in the middle of the frame alone, if so asked. */
async function measureWay(condition, codes, n, seed, square = false) {
  const reader = await bundledReader({ workerUrl: '/reader.worker.js', wasmUrl: '/reader.wasm' })
  const result = { read: 0, wrong: 0, times: [] }
  for (let i = 0; i < n; i++) {
    const code = codes[i % codes.length]
    const file = code ? await frameOf(code, condition, seed + i) : await frameWithout(condition, seed + i)
    const [width, height] = condition.size
    const frame = square ? await createImageBitmap(file, (width - height) / 2, 0, height, height) : await createImageBitmap(file)
    const begin = performance.now()
    const found = await reader.read(frame, false)
    count(result, code, found, performance.now() - begin)
  }
  return result
}

function count(result, code, found, time) {
  result.times.push(time)
  if (code && found.includes(code.text)) result.read++
  result.wrong += found.filter((text) => text !== code?.text).length
}

async function pixelsOf(file) {
  const image = await createImageBitmap(file)
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d', { willReadFrequently: true })
  context.drawImage(image, 0, 0)
  image.close()
  return context.getImageData(0, 0, context.canvas.width, context.canvas.height)
}

Object.assign(globalThis, { measure, measureWay, ready: true })
