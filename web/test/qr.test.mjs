// The QR codes that the wallet draws, against those of the server.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { bundled } from './bundled.mjs'

const { drawQR, qrSVG } = await bundled("export * from './src/shared/qr.ts'")
const { codes } = JSON.parse(readFileSync(new URL('../bench/codes.json', import.meta.url), 'utf8'))
prepareZXingModule({ overrides: { wasmBinary: readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')) } })

/** Reads modules as a camera would that sees them well. */
async function read(modules, scale = 4) {
  const side = (modules.length + 8) * scale
  const data = new Uint8ClampedArray(side * side * 4).fill(255)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (modules[Math.floor(y / scale) - 4]?.[Math.floor(x / scale) - 4]) data.set([0, 0, 0, 255], (y * side + x) * 4)
    }
  }
  const found = await readBarcodes({ data, width: side, height: side }, { formats: ['QRCode'] })
  assert.equal(found.length, 1)
  return found[0]
}

test('what the server shares is drawn with its version and level, and read', async () => {
  assert.ok(codes.length >= 20)
  for (const { text, version, level, rows } of codes) {
    const drawn = drawQR(text)
    assert.deepEqual([drawn.version, drawn.level, drawn.modules.length], [version, level, rows.length], text.slice(0, 12))
    assert.ok(drawn.modules.every((row) => row.length === rows.length))
    const found = await read(drawn.modules)
    assert.equal(found.text, text)
    assert.equal(found.ecLevel, level)
  }
})

// The lengths that TestFit of the Go package has.
test('the symbol at its limits, full to the last bit', async () => {
  const cases = [
    [1, 1, 'H'], [10, 1, 'H'], [11, 1, 'Q'], [16, 1, 'Q'], [17, 1, 'M'], [20, 1, 'M'], [21, 2, 'Q'],
    [154, 6, 'M'], [155, 7, 'M'], [222, 9, 'M'], [225, 9, 'M'], [366, 11, 'M'],
    [367, 10, 'L'], [395, 10, 'L'], [396, 11, 'L'], [468, 11, 'L'], [469, 12, 'L'], [535, 12, 'L'], [536, 13, 'L'], [619, 13, 'L'],
  ]
  for (const [length, version, level] of cases) {
    const text = 'A'.repeat(length)
    const drawn = drawQR(text)
    assert.deepEqual([drawn.version, drawn.level], [version, level], String(length))
    assert.equal((await read(drawn.modules)).text, text, String(length))
  }
  for (const length of [620, 5000, 100_000]) assert.throws(() => drawQR('A'.repeat(length)), RangeError, String(length))
})

test('no text without an alphanumeric form', () => {
  for (const text of ['', 'a', 'VN1:é', 'VN1:\n', 'A'.repeat(50) + '_', 'Ａ']) assert.throws(() => drawQR(text), TypeError, text)
})

/** As much of a document as a drawing needs. */
class Element {
  children = []
  attributes = {}
  constructor(tag) {
    this.tag = tag
  }
  setAttribute(name, value) {
    this.attributes[name] = value
  }
  append(...children) {
    this.children.push(...children)
  }
}

test('the drawing shows the modules, on white and with its quiet zone', () => {
  globalThis.document = { createElementNS: (_, tag) => new Element(tag) }
  const { text } = codes[0]
  const { modules } = drawQR(text)
  const side = modules.length + 8
  const drawing = qrSVG(text, 'Mã QR')
  const [title, white, path] = drawing.children
  assert.equal(drawing.attributes.viewBox, `0 0 ${side} ${side}`)
  assert.deepEqual([title.tag, title.children, drawing.attributes.role], ['title', ['Mã QR'], 'img'])
  assert.deepEqual(white.attributes, { width: String(side), height: String(side), fill: '#fff' })
  assert.equal(path.attributes.fill, '#000')
  const dark = modules.map((row) => row.map(() => false))
  for (const [, x, y, width, back] of path.attributes.d.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)) {
    assert.equal(width, back)
    for (let i = 0; i < width; i++) dark[y - 4][x - 4 + i] = true
  }
  assert.deepEqual(dark, modules)
  assert.equal(path.attributes.d.replace(/M\d+ \d+h\d+v1h-\d+z/g, ''), '')
})
