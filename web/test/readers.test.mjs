// The distortion set: what the bundled reader of the checker's page must read,
// the way the page reads it. bench/readers.mjs measures more of the same.
import assert from 'node:assert/strict'
import test from 'node:test'
import { conditions, seedOf } from '../bench/distortion.js'
import { codes, launch, skip } from './scanpage.mjs'

const each = 4 // frames of a cell: one of each code
const versions = [7, 8, 9, 10, 11]

// ZXing-C++ reads all of them in every condition; that is the rate to keep.
test('every code up to version 11 is read under every condition', { skip }, async (t) => {
  const browser = await launch('../bench/measure.js', { inPage: true })
  t.after(browser.close)
  const { page } = await browser.open()
  const read = (condition, shown, seed) => page.evaluate((args) => globalThis.measureWay(...args), [condition, shown, each, seed])
  for (const condition of conditions) {
    for (const version of versions) {
      const shown = codes.filter((code) => code.version === version)
      const result = await read(condition, shown, seedOf(version, condition))
      assert.deepEqual([result.read, result.wrong], [each, 0], `version ${version}, ${condition.name}: read, misread`)
    }
    const nothing = await read(condition, [], seedOf(0, condition))
    assert.equal(nothing.wrong, 0, `texts out of nothing, ${condition.name}`)
  }
})
