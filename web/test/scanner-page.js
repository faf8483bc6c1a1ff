// Runs in the browser: gives the tests the scanner and small helpers.
import { bundledReader } from '../src/scan/bundled.ts'
import { ScannerFault, createScanner } from '../src/scan/scanner.ts'

const assets = { workerUrl: '/reader.worker.js', wasmUrl: '/reader.wasm' }
const video = document.querySelector('video')

/** Makes a scanner that remembers what it told. */
function make() {
  const told = { texts: [], nothing: 0, ended: [] }
  const waiting = []
  const tell = () => waiting.splice(0).forEach((look) => look())
  const scanner = createScanner(
    {
      frame(texts, frameAt) {
        if (!texts.length) told.nothing++
        for (const text of texts) told.texts.push({ text, age: performance.now() - frameAt })
        tell()
      },
      ended: (fault) => (told.ended.push(fault), tell()),
    },
    assets,
  )
  /** Resolves when what was told fulfils a condition. */
  const until = (condition) =>
    new Promise((resolve) => {
      const look = () => (condition(told) ? resolve() : waiting.push(look))
      look()
    })
  return { scanner, told, until }
}

/** Returns the fault that a promise rejects with, or what else happened. */
const faultOf = (promise) =>
  promise.then(
    () => 'none',
    (error) => (error instanceof ScannerFault ? error.fault : error.name),
  )

/** Plays that the page is hidden or seen. */
function setHidden(hidden) {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })
  document.dispatchEvent(new Event('visibilitychange'))
}

/** Draws codes side by side, or nothing, eight pixels a module, dark on light unless inverted. */
async function picture(codes, { inverted = false, type = 'image/png' } = {}) {
  const [scale, quiet] = [8, 4]
  const height = Math.max(1, ...codes.map((code) => code.rows.length)) + 2 * quiet
  const width = codes.reduce((sum, code) => sum + code.rows.length + 2 * quiet, 1)
  const canvas = new OffscreenCanvas(width * scale, height * scale)
  const context = canvas.getContext('2d')
  context.fillStyle = inverted ? 'black' : 'white'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.fillStyle = inverted ? 'white' : 'black'
  let left = quiet
  for (const code of codes) {
    code.rows.forEach((row, y) => {
      ;[...row].forEach((digit, i) => {
        for (let bit = 0; bit < 4; bit++) {
          if (parseInt(digit, 16) & (8 >> bit)) context.fillRect((left + 4 * i + bit) * scale, (quiet + y) * scale, scale, scale)
        }
      })
    })
    left += code.rows.length + 2 * quiet
  }
  return canvas.convertToBlob({ type })
}

Object.assign(globalThis, { assets, bundledReader, faultOf, make, picture, setHidden, video, ready: true })
