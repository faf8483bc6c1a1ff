// What the checker's page decides, without a browser.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const source = `
export * from './src/verify/classify.ts'
export * from './src/verify/sectors.ts'
export * from './src/verify/journal.ts'
export * from './src/verify/samecode.ts'
export * from './src/verify/sight.ts'
export * from './src/verify/check.ts'
export * from './src/verify/keys.ts'
export * from './src/verify/settings.ts'
export * from './src/shared/store.ts'
export * from './src/shared/when.ts'
export { default as words, cameraFaults, strangers, shortly } from './src/verify/words.ts'
`
const resolveDir = fileURLToPath(new URL('..', import.meta.url))
const { outputFiles } = await build({ stdin: { contents: source, resolveDir, loader: 'ts' }, bundle: true, format: 'esm', platform: 'neutral', write: false, logLevel: 'warning' })
const page = await import('data:text/javascript;base64,' + Buffer.from(outputFiles[0].contents).toString('base64'))

const { vectors } = JSON.parse(readFileSync(new URL('../../testdata/vectors/presentations.json', import.meta.url), 'utf8'))
const named = (name) => vectors.find((v) => v.name === name)
const good = named('can_cuoc: over 18 alone')
const at = Date.parse(good.now)
const DAY = 86400_000

async function opened({ now = () => at, delivered = {}, store } = {}) {
  store ??= await page.openStore('test', () => {})
  const keys = await page.Keys.open(store, { trustList: good.trust_list, rootKeys: [].concat(good.root), servedAt: new Date(at), ...delivered }, now)
  return { store, keys }
}

const circumstances = (more) => ({ sector: page.ANY, heardAt: at, audience: '', newestSigned: 0, now: at, ...more })

test('kinds of codes', () => {
  const cases = [
    ['VN1:ABC', 'giayto'],
    ['VN2:ABC', 'giayto'],
    ['VN77:ABC', 'giayto'],
    ['VN:ABC', 'other'],
    ['vn1:ABC', 'other'],
    ['001099000000|012345678|NGUYỄN VĂN VÍ DỤ|01012000|Nam|Thôn Thử, Xã Mẫu|01012022', 'card'],
    ['001099000000||NGUYỄN VĂN VÍ DỤ|01012000|Nam|Thôn Thử, Xã Mẫu|01012022\n', 'card'],
    ['001099000000|NGUYỄN VĂN VÍ DỤ|01012000|Nam|Thôn Thử|01012022', 'card'], // a reader that drops the empty field
    ['001099000000||TÊN|01012000|Nữ|Xã|01012024||CHA|MẸ|', 'card'],
    ['001099000000', 'other'],
    ['00020101021138570010A00000072701270006970403', 'payment'],
    ['https://giayto.example/valid?name=X', 'link'],
    [' HTTP://GIAYTO.EXAMPLE', 'link'],
    ['javascript:alert(1)', 'other'],
    ['', 'other'],
  ]
  for (const [text, kind] of cases) assert.equal(page.classify(text), kind, text)
})

test('every situation of the catalogue can be chosen, and one without demands', () => {
  const ids = page.sectors.map((s) => s.id)
  assert.equal(new Set(ids).size, ids.length)
  assert.deepEqual(ids.slice(-1), ['any'])
  assert.ok(ids.includes('traffic_stop') && ids.includes('bank_ekyc') && ids.includes('over18_shop'))
  for (const id of [undefined, null, 7, '', 'toString', '__proto__']) assert.equal(page.findSector(id), undefined)
})

test('what a situation asks and shows', () => {
  const hotel = page.findSector('hotel_check_in')
  assert.deepEqual(page.policyOf(hotel, at, at).require, hotel.preset.require)
  assert.equal(page.belongs(hotel, 'can_cuoc/name'), true)
  assert.equal(page.belongs(hotel, 'can_cuoc/address.region'), true)
  assert.equal(page.belongs(hotel, 'can_cuoc/phone_number'), false)
  assert.equal(page.belongs(hotel, 'bhyt/name'), false)
  assert.equal(page.belongs(page.ANY, 'can_cuoc/phone_number'), true)
})

test('a situation bounds how long a device may go without word from the server', () => {
  const traffic = page.findSector('traffic_stop')
  assert.equal(traffic.tolerance, DAY)
  assert.equal(page.policyOf(traffic, at - DAY, at).maxTrustListAgeSeconds, undefined)
  assert.equal(page.policyOf(traffic, at - DAY - 1, at).maxTrustListAgeSeconds, 86400)
  assert.equal(page.policyOf(page.findSector('over18_shop'), 0, at).maxTrustListAgeSeconds, undefined)
})

test('an established code', async () => {
  const { keys } = await opened()
  const outcome = await page.check(keys.verifier, good.text, circumstances())
  assert.equal(outcome.answer.verdict, 'established')
  assert.equal(outcome.hidden, 0)
  assert.deepEqual(outcome.documents, outcome.answer.documents)
  assert.ok(outcome.newestSigned >= outcome.answer.trustList.issuedAt.getTime())
  const again = await page.check(keys.verifier, good.text, circumstances())
  assert.equal(again.answer.reason, 'replayed')
  assert.deepEqual(again.documents, [])
})

test('fields that a situation does not need are counted and not shown', async () => {
  const v = named('can_cuoc: five fields')
  const claims = Object.keys(v.want.documents[0].claims)
  const { keys } = await opened({ now: () => Date.parse(v.now), delivered: { trustList: v.trust_list, rootKeys: [].concat(v.root) } })
  // A situation of this catalogue's form that needs one field of the code.
  const one = `can_cuoc/${claims[0]}`
  const sector = { id: 'one', preset: { id: 'one', require: [one], requireTrue: [], optional: [], retentionDays: 0, faceCheck: false } }
  const outcome = await page.check(keys.verifier, v.text, circumstances({ sector, now: Date.parse(v.now) }))
  assert.equal(outcome.answer.verdict, 'established')
  assert.deepEqual(outcome.documents.flatMap((d) => d.claims.map((c) => `${d.document}/${c.id}`)), [one])
  assert.equal(outcome.hidden, claims.length - 1)
  assert.deepEqual(page.lineOf(outcome.answer, sector, at, true).claims, [one])
})

test('a list that was heard of too long ago ends in cannot tell, and does not use up the code', async () => {
  const { keys } = await opened()
  const issued = keys.state().info.issuedAt.getTime()
  // As if the tolerance of the situation were shorter than the age of the list.
  const sector = { id: 'strict', tolerance: Math.max(1000, Math.floor((at - issued) / 2000) * 1000) }
  assert.ok(at - issued > sector.tolerance, 'the vector has a list that was signed a while ago')
  const refused = await page.check(keys.verifier, good.text, circumstances({ sector, heardAt: issued }))
  assert.equal(refused.answer.reason, 'trust_list_too_old')
  const accepted = await page.check(keys.verifier, good.text, circumstances({ sector, heardAt: at }))
  assert.equal(accepted.answer.verdict, 'established')
})

test('a clock behind what was signed ends in cannot tell, and does not use up the code', async () => {
  const { keys } = await opened()
  const suspect = await page.check(keys.verifier, good.text, circumstances({ newestSigned: at + 300_001 }))
  assert.equal(suspect.answer.reason, 'clock_suspect')
  assert.equal(suspect.newestSigned, at + 300_001)
  assert.equal((await page.check(keys.verifier, 'hello', circumstances({ newestSigned: at + 300_001 }))).answer.reason, 'not_giayto')
  assert.equal((await page.check(keys.verifier, good.text, circumstances({ newestSigned: at + 300_000 }))).answer.verdict, 'established')
})

test('codes for one place', async () => {
  const v = named('made for this audience')
  const now = Date.parse(v.now)
  const { keys } = await opened({ now: () => now, delivered: { trustList: v.trust_list, rootKeys: [].concat(v.root) } })
  assert.equal((await page.check(keys.verifier, v.text, circumstances({ now }))).answer.reason, 'audience_mismatch')
  assert.equal((await page.check(keys.verifier, v.text, circumstances({ now, audience: 'elsewhere' }))).answer.reason, 'audience_mismatch')
  assert.equal((await page.check(keys.verifier, v.text, circumstances({ now, audience: v.policy.audience }))).answer.verdict, 'established')
})

test('the list: what the device keeps comes first, and goes on', async (t) => {
  const { store, keys } = await opened()
  assert.equal(keys.state().trouble, undefined)
  assert.equal(keys.rootNames().length >= 1, true)

  await t.test('without a list', async () => {
    const { keys } = await opened({ delivered: { trustList: undefined } })
    assert.equal(keys.state().trouble, 'trust_list_missing')
    assert.equal((await page.check(keys.verifier, good.text, circumstances())).answer.reason, 'trust_list_missing')
  })
  await t.test('a page without one uses what is kept, with the root that is kept', async () => {
    const { keys } = await opened({ store, delivered: { trustList: undefined, rootKeys: [] } })
    assert.equal(keys.state().trouble, undefined)
    assert.equal(keys.state().heardAt, at)
  })
  await t.test('another root on the same server is told and not trusted', async () => {
    const other = vectors.find((v) => v.want.verdict === 'established' && v.root.kid !== good.root.kid)
    const { keys } = await opened({ store, delivered: { trustList: other.trust_list, rootKeys: [].concat(other.root) } })
    assert.equal(keys.state().trouble, 'trust_list_invalid')
    assert.equal(keys.state().info.version, (await opened()).keys.state().info.version)
  })
  await t.test('a list from a file has the age of its signature', async () => {
    const { keys } = await opened({ delivered: { trustList: undefined } })
    assert.deepEqual(await keys.takeFile(new Blob([good.trust_list + '\n'])), { result: 'newer' })
    assert.equal(keys.state().heardAt, keys.state().info.issuedAt.getTime())
    assert.deepEqual(await keys.takeFile(new Blob([good.trust_list])), { result: 'in_use' })
    assert.deepEqual(await keys.takeFile(new Blob(['nonsense'])), { result: 'refused', reason: 'trust_list_invalid' })
    assert.deepEqual(await keys.takeFile({ size: (4 << 20) + 1 }), { result: 'refused', reason: 'trust_list_invalid' })
    assert.equal(keys.state().trouble, undefined)
  })
})

test('renewal', async (t) => {
  const original = globalThis.fetch
  t.after(() => (globalThis.fetch = original))
  const answer = (body, headers = {}, status = 200) => (globalThis.fetch = async () => new Response(body, { status, headers }))
  const { keys } = await opened()
  const before = keys.state().heardAt

  answer('', {}, 503)
  assert.deepEqual(await keys.renew(), { result: 'unreachable' })
  globalThis.fetch = async () => {
    throw new TypeError('offline')
  }
  assert.deepEqual(await keys.renew(), { result: 'unreachable' })
  answer('x', { 'Content-Length': String((4 << 20) + 1) })
  assert.deepEqual(await keys.renew(), { result: 'unreachable' })
  assert.equal(keys.state().heardAt, before)

  answer('<html>a login page of the network</html>')
  assert.deepEqual(await keys.renew(), { result: 'refused', reason: 'trust_list_invalid' })
  assert.equal(keys.state().trouble, 'trust_list_invalid')
  assert.equal((await page.check(keys.verifier, good.text, circumstances())).answer.verdict, 'established', 'the present list stays in use')

  answer(good.trust_list, { Date: new Date(at + 10 * 60_000).toUTCString() })
  assert.deepEqual(await keys.renew(), { result: 'same' })
  assert.equal(keys.state().trouble, undefined)
  assert.ok(Math.abs(keys.state().serverAhead - 10 * 60_000) <= 1000)

  let asked = 0
  globalThis.fetch = async () => (asked++, new Response(good.trust_list))
  await Promise.all([keys.renew(), keys.renew()])
  assert.equal(asked, 1)
})

test('the log keeps what it may', () => {
  const answer = {
    verdict: 'established',
    documents: [{ document: 'can_cuoc', claims: [{ id: 'name', text: { vi: 'TRẦN THỊ MẪU', en: 'TRẦN THỊ MẪU' } }, { id: 'phone_number', text: { vi: '0900000000', en: '0900000000' } }] }],
  }
  const hotel = page.findSector('hotel_check_in')
  const shop = page.findSector('over18_shop')
  assert.deepEqual(page.lineOf(answer, hotel, at, false), { at, sector: 'hotel_check_in', verdict: 'established', claims: ['can_cuoc/name'] })
  assert.deepEqual(page.lineOf(answer, hotel, at, true).values, [{ claim: 'can_cuoc/name', text: 'TRẦN THỊ MẪU' }])
  assert.equal(page.lineOf(answer, shop, at, true).values, undefined)
  assert.equal(page.lineOf(answer, page.ANY, at, true).values, undefined)
  assert.deepEqual(page.lineOf({ verdict: 'not_established', reason: 'expired' }, hotel, at, true), { at, sector: 'hotel_check_in', verdict: 'not_established', reason: 'expired', claims: [] })
})

test('the log deletes itself', () => {
  const line = { n: 1, at, sector: 'hotel_check_in', verdict: 'established', claims: ['can_cuoc/name'], values: [{ claim: 'can_cuoc/name', text: 'X' }], valuesUntil: at + 30 * DAY }
  assert.equal(page.aged(line, at), line)
  assert.equal(page.aged(line, at + 30 * DAY - 1), line)
  assert.deepEqual(page.aged(line, at + 30 * DAY), { n: 1, at, sector: 'hotel_check_in', verdict: 'established', claims: ['can_cuoc/name'] })
  assert.equal(page.aged(line, at + 90 * DAY), undefined)
  // Values stay no longer than the situation allows, whatever the line says.
  assert.equal(page.aged({ ...line, valuesUntil: at + 900 * DAY }, at + 31 * DAY).values, undefined)
  assert.equal(page.aged(line, at - 31 * DAY), line, 'a clock that was reset costs nothing')
  assert.equal(page.aged({ ...line, sector: 'gone' }, at).values, undefined)
  // A situation that must keep its values longer than a line lasts keeps the line with them.
  const bank = { ...line, sector: 'bank_ekyc', valuesUntil: at + 1826 * DAY }
  assert.equal(page.aged(bank, at + 1000 * DAY), bank)
  assert.equal(page.aged(bank, at + 1826 * DAY), undefined)
})

test('a store without a database keeps everything as long as the page is open', async () => {
  let told = 0
  const store = await page.openStore('test', () => told++)
  assert.equal(store.lasting(), false)
  assert.equal(told, 1)
  assert.deepEqual(await store.update('a', (v) => [v, 1]), [undefined, 1])
  assert.deepEqual(await store.update('a', (v) => [v, 2]), [[undefined, 1], 2])
  assert.deepEqual(await store.get('a'), [[undefined, 1], 2])
  assert.equal(await store.seen('k', 1000, 0), false)
  assert.equal(await store.seen('k', 1000, 500), true)
  await store.append({ at: 1 })
  await store.append({ at: 2 })
  assert.deepEqual((await store.entries()).map((e) => e.at), [1, 2])
  await store.revise((e) => (e.at === 1 ? undefined : { ...e, at: 3 }))
  assert.deepEqual((await store.entries()).map((e) => e.at), [3])
  assert.equal(await store.clear(), false, 'nobody knows what an earlier page left')
  assert.deepEqual(await store.entries(), [])
  assert.equal(await store.get('a'), undefined)
  assert.equal(await store.seen('k', 1000, 600), true, 'what was shown stays known')
})

test('settings of another type count as not chosen', async () => {
  const store = await page.openStore('test', () => {})
  await store.update('settings', () => ({ language: 'fr', sector: 7, sound: 'yes', vibration: false, log: 1, more: 'x' }))
  assert.deepEqual(await page.readSettings(store), { language: 'vi', sector: '', sound: false, vibration: false, audience: '', log: false, logValues: false, camera: '' })
})

test('the same code held longer is no second showing', () => {
  const same = new page.SameCode()
  assert.equal(same.seen('A', 0), false)
  same.checked('A')
  assert.equal(same.seen('A', 60_000), true, 'right after the result, however long it was shown')
  assert.equal(same.seen('A', 61_000), true)
  assert.equal(same.seen('B', 61_100), false, 'another code is always new')
  same.nothing(61_500)
  assert.equal(same.seen('A', 62_100), true, 'a blink')
  same.nothing(63_400)
  assert.equal(same.seen('A', 63_500), false, 'out of sight, then shown again')
  same.checked('A')
  same.nothing(70_000)
  same.nothing(71_201)
  assert.equal(same.seen('A', 71_300), false, 'gone while the result was shown')
})

test('which code is meant, of several in view', () => {
  const GOOD = 'VN1:A'
  const OTHER = 'VN1:B'
  const sticker = '000201 sticker'
  let now = 0
  const sight = new page.CodesInSight()
  const look = (...texts) => sight.look(texts, (now += 33))
  assert.deepEqual(look(GOOD), { judge: GOOD })
  assert.deepEqual(look(sticker, GOOD), { judge: GOOD }, 'what is not ours does not matter beside ours')
  assert.deepEqual(look(GOOD, GOOD), { judge: GOOD })
  assert.deepEqual(look(GOOD, OTHER), { hint: 'several' })
  assert.equal(look(), undefined)
  for (let i = 0; i < 5; i++) assert.equal(look(sticker), undefined)
  assert.deepEqual(look(sticker), { judge: sticker }, 'alone, and for a while')
  for (let i = 0; i < 5; i++) assert.equal(look(sticker), undefined)
  assert.deepEqual(look(GOOD), { judge: GOOD })
  assert.equal(look(sticker), undefined, 'counted anew')

  sight.checked(GOOD, true)
  assert.deepEqual(look(GOOD), { hint: 'just_checked' })
  assert.deepEqual(look(GOOD, OTHER), { hint: 'several' })
  assert.deepEqual(look(OTHER), { judge: OTHER })
  sight.checked(GOOD, false)
  assert.deepEqual(look(GOOD), { judge: GOOD }, 'what can be mended is checked again at once')
})

test('two pages with different lists: the newer one counts for both', async () => {
  const v = named('newer trust list than the one held')
  const now = Date.parse(v.now)
  const root = [].concat(v.root)
  const older = { trustList: v.policy.previous_trust_list, rootKeys: root, servedAt: new Date(now) }
  const store = await page.openStore('test', () => {})
  const a = await page.Keys.open(store, older, () => now)
  const b = await page.Keys.open(store, older, () => now)
  assert.equal((await a.takeFile(new Blob([v.trust_list]))).result, 'newer')
  const newest = a.state().info.version
  // The other page is told of the older one again, as by a replica that lags behind.
  assert.deepEqual(await b.takeFile(new Blob([v.policy.previous_trust_list])), { result: 'refused', reason: 'trust_list_rollback' })
  assert.equal(b.state().info.version, newest)
  const c = await page.Keys.open(store, older, () => now)
  assert.equal(c.state().info.version, newest)
  assert.equal(c.state().trouble, undefined)
})

test('a moment that was noted under a wrong clock counts for nothing', async () => {
  let now = at + 30 * DAY
  const { keys, store } = await opened({ now: () => now, delivered: { servedAt: new Date(now) } })
  assert.equal(keys.state().heardAt, now)
  now = at
  assert.equal(keys.state().heardAt, keys.state().info.issuedAt.getTime())
  const again = await page.Keys.open(store, { trustList: undefined, rootKeys: [], servedAt: undefined }, () => now)
  assert.equal(again.state().heardAt, keys.state().info.issuedAt.getTime())
})

test('settings of two pages do not undo each other', async () => {
  const store = await page.openStore('test', () => {})
  await page.changeSettings(store, { log: true })
  await page.changeSettings(store, { language: 'en' })
  const settings = await page.readSettings(store)
  assert.equal(settings.log, true)
  assert.equal(settings.language, 'en')
})

test('times in words', () => {
  const t = Date.UTC(2026, 10, 26)
  assert.equal(page.ago(t, t + 59_999), 'vừa xong')
  assert.equal(page.ago(t, t - 5000), 'vừa xong')
  assert.equal(page.ago(t, t + 60_000), '1 phút trước')
  assert.equal(page.ago(t, t + 2 * 3600_000), '2 giờ trước')
  assert.equal(page.ago(t, t + 3 * DAY + 5), '3 ngày trước')
  assert.equal(page.span(42_900), '42 giây')
  assert.equal(page.span(-1), '0 giây')
})

test('every sentence has both languages and is NFC', () => {
  const all = [...Object.values(page.words), ...Object.values(page.cameraFaults), ...Object.values(page.shortly), ...Object.values(page.strangers).flatMap((s) => [s.why, s.do])]
  for (const text of all) {
    for (const language of ['vi', 'en']) {
      assert.ok(text[language]?.trim(), JSON.stringify(text))
      assert.equal(text[language], text[language].normalize('NFC'))
    }
    const places = (s) => [...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()
    assert.deepEqual(places(text.vi), places(text.en))
  }
})
