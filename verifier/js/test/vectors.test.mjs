import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '../dist/index.js'
import { outcome, play, wanted } from './fixture.mjs'
import { vectors } from './files.mjs'

test('vectors', async (t) => {
  assert.ok(vectors.length > 200)
  for (const vector of vectors) {
    await t.test(vector.name, async () => {
      const answer = await play(sdk, vector)
      assert.deepEqual(outcome(answer), wanted(vector))
      if (answer.reason) {
        assert.equal(answer.verdict, sdk.reasons[answer.reason].verdict)
        assert.ok(answer.why.vi && answer.why.en && answer.do.vi && answer.do.en)
        assert.ok(!('documents' in answer))
      }
    })
  }
})
