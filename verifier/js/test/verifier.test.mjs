import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createVerifier, MemoryReplay, openTrustList, presetPolicy, presets, reasons } from '../dist/index.js'
import { createVerifier as createWith } from '../dist/core.js'
import { vector } from './files.mjs'

const good = vector('can_cuoc: over 18 alone')
const five = vector('can_cuoc: five fields')
const now = new Date(good.now)
const fresh = (more) => createVerifier({ rootKeys: good.root, trustList: good.trust_list, ...more })

test('an answer tells what is established, and about which data', async () => {
  const answer = await fresh().verify(five.text, { now })
  assert.equal(answer.verdict, 'established')
  assert.equal(answer.documents[0].label.vi, 'Căn cước')
  const born = answer.documents[0].claims.find((c) => c.id === 'birthdate')
  assert.deepEqual([born.value, born.text.vi], ['2005-02-28', '28/02/2005'])
  assert.equal(answer.expiresAt.toISOString(), '2026-11-23T02:31:00.000Z')
  assert.deepEqual({ ...answer.trustList }, { version: 3, issuedAt: new Date('2026-11-23T00:30:00Z'), nextUpdate: new Date('2026-11-30T00:30:00Z'), ageSeconds: 7200 })
})

test('of two showings at once, one passes', async () => {
  const verifier = fresh()
  const answers = await Promise.all([1, 2, 3].map(() => verifier.verify(good.text, { now })))
  assert.deepEqual(answers.map((a) => a.reason).sort(), ['replayed', 'replayed', undefined])
})

test('a refused check does not use a presentation up', async () => {
  const verifier = fresh()
  assert.equal((await verifier.verify(good.text, { now, policy: { require: ['can_cuoc/name'] } })).reason, 'claim_missing')
  assert.equal((await verifier.verify(good.text, { now })).verdict, 'established')
})

test('a replay store of the caller is asked once, with the end of its memory', async () => {
  const asked = []
  const replay = { seen: async (...args) => asked.push(args) > 1 }
  assert.equal((await fresh({ replay }).verify(good.text, { now })).verdict, 'established')
  assert.equal((await fresh({ replay }).verify(good.text, { now })).reason, 'replayed')
  assert.deepEqual(asked[0], ['4086fcbb.0101010101010101', Date.parse('2026-11-23T02:36:00Z'), now.getTime()])
})

test('a replay store that fails is no answer', async () => {
  const replay = { seen: () => Promise.reject(new Error('disk full')) }
  await assert.rejects(fresh({ replay }).verify(good.text, { now }), /disk full/)
})

test('the memory forgets what has ended, and first what ends first', () => {
  const memory = new MemoryReplay(2)
  assert.equal(memory.seen('a', 100, 0), false)
  assert.equal(memory.seen('b', 50, 0), false)
  assert.equal(memory.seen('a', 100, 0), true)
  assert.equal(memory.seen('c', 70, 0), false) // b makes room
  assert.equal(memory.seen('a', 100, 0), true)
  assert.equal(memory.seen('c', 70, 70), true) // at its end it still counts
  assert.equal(memory.seen('d', 200, 101), false)
  assert.equal(memory.seen('a', 300, 101), false)
})

test('verify never throws, whatever the text, the moment or the list', async () => {
  for (const text of [undefined, null, 7, {}, [], '', '\ud800', 'VN1:\ud800', 'VN1:', 'VN2:', 'VN1:' + '\u{1f600}'.repeat(700), 'a'.repeat(1e6), 'VN2:' + 'Đ'.repeat(1024)]) {
    const answer = await fresh().verify(text, { now })
    assert.ok(answer.reason in reasons, String(text))
  }
  for (const check of [undefined, null, {}, { now, policy: null }, { now, audience: null, nonce: null }]) {
    assert.ok((await fresh().verify(good.text, check)).verdict)
  }
  for (const moment of [NaN, new Date('x'), Infinity, -Infinity, 1e300]) {
    assert.notEqual((await fresh().verify(good.text, { now: moment })).verdict, 'established')
  }
  for (const trustList of ['', '..', '{}', 'a.b.c', new Uint8Array(3), null, 7, ' '.repeat(1e5)]) {
    assert.equal((await fresh({ trustList }).verify(good.text, { now })).reason, 'trust_list_invalid')
    assert.equal((await fresh().update(trustList)).reason, 'trust_list_invalid')
  }
  for (const nonce of [new Uint8Array(7), 'x', '0102', 'zz02030405060708']) {
    assert.equal((await fresh().verify(good.text, { now, nonce })).reason, 'challenge_mismatch')
  }
})

// Steps that grow with the square of the size would take hours.
test('a list of hostile size is refused at once', { timeout: 60_000 }, async () => {
  const b64 = (s) => Buffer.from(s).toString('base64url')
  const half = 1 << 20
  for (const header of ['"' + '\\"'.repeat(half), '['.repeat(half), '{"a":'.repeat(half / 4), '[' + '"a"' + ' '.repeat(half) + ']', '{"' + 'a'.repeat(half) + '":1}']) {
    for (const trustList of [`${b64(header)}.e30.AAAA`, b64(header), ' '.repeat(half) + 'x' + ' '.repeat(half)]) {
      assert.equal((await openTrustList(trustList, good.root)).reason, 'trust_list_invalid')
    }
  }
})

test('a root that is none pins nothing', async () => {
  for (const rootKeys of [[], {}, null, [null], { ...good.root, d: 'AA' }, [good.root, {}], { ...good.root, kid: 'x' }, { ...good.root, x: good.root.y, kid: '' }]) {
    assert.equal((await fresh({ rootKeys }).verify(good.text, { now })).reason, 'trust_list_invalid')
  }
  assert.equal((await fresh({ rootKeys: [good.root] }).verify(good.text, { now })).verdict, 'established')
})

test('a list that is refused leaves the present one in use', async () => {
  const older = vector('trust_list_rollback: an older version than the one held')
  const verifier = createVerifier({ rootKeys: older.root, trustList: older.policy.previous_trust_list })
  const before = await verifier.newest()
  assert.equal((await verifier.update(older.trust_list)).reason, 'trust_list_rollback')
  assert.equal((await verifier.update('x')).reason, 'trust_list_invalid')
  assert.deepEqual(await verifier.newest(), before)
  assert.equal((await verifier.update(older.policy.previous_trust_list)).updated, true)
})

test('what was newest before a restart counts after it', async () => {
  const older = vector('trust_list_rollback: an older version than the one held')
  const { newest } = await openTrustList(older.policy.previous_trust_list, older.root)
  const stored = JSON.parse(JSON.stringify(newest))
  const verifier = createVerifier({ rootKeys: older.root, trustList: older.trust_list, newest: stored })
  assert.equal((await verifier.verify(good.text, { now })).reason, 'trust_list_rollback')
  assert.equal((await openTrustList(older.trust_list, older.root, stored)).reason, 'trust_list_rollback')
})

test('a root that has handed over is trusted no more, after a restart neither', async () => {
  const after = vector('the next root, after a list that named it')
  const { newest: announced } = await openTrustList(after.policy.previous_trust_list, after.root)
  assert.equal(announced.roots.length, 2)
  const { newest } = await openTrustList(after.trust_list, after.root, announced)
  assert.equal(newest.roots.length, 1)
  const back = vector('the root goes on after it has named the next one')
  assert.equal((await openTrustList(back.trust_list, back.root, newest)).reason, 'trust_list_invalid')
})

test('updates follow each other, and checks wait for them', async () => {
  const verifier = createVerifier({ rootKeys: good.root })
  const [missing, update, answer] = await Promise.all([verifier.verify(good.text, { now }), verifier.update(good.trust_list, now), verifier.verify(good.text, { now })])
  assert.equal(missing.reason, 'trust_list_missing')
  assert.equal(update.trustList.ageSeconds, 7200)
  assert.equal(answer.verdict, 'established')
})

test('without the document in the catalogue the reader is outdated', async () => {
  const verifier = createWith({ rootKeys: good.root, trustList: good.trust_list, catalog: { digest: '', documents: [] } })
  assert.equal((await verifier.verify(good.text, { now })).reason, 'catalog_outdated')
})

test('a preset is a policy', async () => {
  const shop = presets.find((p) => p.id === 'over18_shop')
  const no = vector('can_cuoc: a false answer is an answer')
  const answer = await fresh().verify(no.text, { now, policy: presetPolicy(shop) })
  assert.equal(answer.reason, 'claim_not_met')
  assert.deepEqual(answer.missing, ['can_cuoc/age_equal_or_over.18'])
  assert.equal((await fresh().verify(good.text, { now, policy: presetPolicy(shop) })).verdict, 'established')
})

test('no refusal carries a value', async () => {
  const answer = await fresh().verify(five.text, { now, policy: { require: ['gplx/name'] } })
  assert.equal(answer.reason, 'claim_missing')
  assert.doesNotMatch(JSON.stringify(answer), /NGUYỄN|079305000123/)
})
