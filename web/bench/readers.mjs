// Measures the readers of the checker's page on the distortion set, both on the
// same frames, and prints the tables of docs/performance.md. Takes some minutes.
//
//   node web/bench/readers.mjs [frames of each cell, 16]
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { codes, launch } from '../test/scanpage.mjs'
import { conditions, extremes, seedOf } from './distortion.js'

const n = Number(process.argv[2] ?? 16)
const versions = [7, 8, 9, 10, 11, 12, 13]
const readers = ['zxing-wasm', 'jsQR']
const variants = ['zxing-wasm', 'zxing-wasm, tryInvert', 'zxing-wasm, not tryHarder', 'zxing-wasm, not tryDownscale']

const wire = (bytes) => `${Math.round(gzipSync(bytes, { level: 9 }).length / 1000)} KB`
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const minified = async (path) => (await build({ entryPoints: [here(path)], bundle: true, minify: true, format: 'esm', write: false })).outputFiles[0].contents
console.log('Over the wire, gzip: zxing-wasm', wire(readFileSync(here('../node_modules/zxing-wasm/dist/reader/zxing_reader.wasm'))),
  'and its worker', wire(await minified('../src/scan/reader.worker.ts')) + ', jsQR', wire(await minified('../node_modules/jsqr/dist/jsQR.js')))

const browser = await launch('../bench/measure.js', { inPage: true })
try {
  const { page, failures } = await browser.open()
  const measure = (names, condition, of, seed) => page.evaluate((args) => globalThis.measure(...args), [names, condition, of, n, seed])
  const shown = (version) => codes.filter((code) => code.version === version)
  // The first calls compile.
  await measure([...new Set([...readers, ...variants])], conditions[0], shown(7), 0)

  table(`Frames of the distortion set, ${n} in each cell: read of 100, median ms`, ['version', ...conditions.map(({ name }) => name)])
  for (const version of versions) {
    const row = [version]
    for (const condition of conditions) row.push(cell(await measure(readers, condition, shown(version), seedOf(version, condition)), readers, true))
    line(row)
  }
  const row = ['no code']
  for (const condition of conditions) row.push(cell(await measure(readers, condition, [], seedOf(0, condition)), readers, false))
  line(row)

  table('Options, versions 7, 10 and 11', ['condition', ...variants])
  for (const condition of [...conditions, ...extremes]) {
    const of = [...shown(7), ...shown(10), ...shown(11)]
    const results = await measure(variants, condition, of, seedOf(1, condition))
    line([condition.name, ...variants.map((name) => cell(results, [name], true))])
  }

  table('The way of the product, from the frame to the texts: median ms', ['', ...conditions.map(({ name }) => name)])
  for (const [name, of, square] of [['version 10', shown(10)], ['no code', []], ['no code, the middle square alone', [], true]]) {
    const row = [name]
    for (const condition of conditions) {
      const { times } = await page.evaluate((args) => globalThis.measureWay(...args), [condition, of, n, seedOf(2, condition), square])
      row.push(median(times))
    }
    line(row)
  }
  if (failures.length) throw failures[0]
} finally {
  await browser.close()
}

function cell(results, names, withCode) {
  const rates = names.map((name) => Math.round((100 * results[name].read) / results[name].times.length))
  const times = names.map((name) => median(results[name].times))
  const wrong = names.reduce((sum, name) => sum + results[name].wrong, 0)
  return `${withCode ? `${rates.join(' / ')} · ` : ''}${times.join(' / ')}${wrong ? `, ${wrong} WRONG` : ''}`
}

function median(times) {
  const sorted = times.toSorted((a, b) => a - b)
  return Math.round(sorted[sorted.length >> 1])
}

function table(title, heads) {
  console.log(`\n${title}\n`)
  line(heads)
  line(heads.map(() => '---'))
}

function line(cells) {
  console.log(`| ${cells.join(' | ')} |`)
}
