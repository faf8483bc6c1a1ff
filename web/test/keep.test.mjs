// What the page keeps on the device, and what it does where nothing is kept.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { installed, kept, next, on, open, paste, press, upload } from './checker.mjs'
import { launch, profile } from './chromium.mjs'
import { foreign, forge } from './codes.mjs'
import { folder, serve, skip, wallet } from './server.mjs'

const DAY = 86400_000
const CLAIMS = ['name', 'personal_number_masked', 'address.locality']

let browser, server, holder, values
before(async () => {
  if (skip) return
  ;[browser, server] = await Promise.all([launch(), serve()])
  holder = await wallet(server)
  const claims = await holder.claims('can_cuoc')
  values = CLAIMS.map((id) => claims[`can_cuoc/${id}`].text.vi)
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

const mint = async () => (await holder.mint({ can_cuoc: CLAIMS })).text

/** Where the browser keeps any of the words. */
const places = (all, words) => all.filter(({ content }) => words.some((word) => content.includes(word))).map(({ at }) => at)

async function set(page, name, on) {
  await page.locator(`input[data-setting="${name}"]`).setChecked(on)
}

/** From the camera to the settings and back. */
async function settings(page, change) {
  await press(page, 'settings')
  await on(page, 'settings')
  await change(page)
  await press(page, 'back')
  await on(page, 'scan')
}

test('nothing of what was scanned', { skip }, async () => {
  const checker = await profile(browser, server)
  const page = await open(checker.context, server, { preset: 'courier' })
  await installed(page)
  const text = await mint()
  const texts = [text, await forge(await mint(), server), foreign.card, foreign.link]
  const picture = await holder.mint({ can_cuoc: CLAIMS })
  for (const pasted of texts) {
    await paste(page, pasted)
    await next(page)
  }
  await upload(page, await holder.picture(picture))
  await next(page)
  await page.reload()
  await on(page, 'scan')
  const all = await kept(page)
  assert.ok(all.some(({ at }) => at.startsWith('database')) && all.some(({ at }) => at.startsWith('cache')), 'keeps nothing at all')
  // Texts and their parts, such as the signature, and every value.
  const words = [...texts, picture.text, ...texts.map((t) => t.slice(-40)), ...values]
  assert.deepEqual(places(all, words), [])
  await press(page, 'settings')
  await press(page, 'log')
  await on(page, 'log')
  assert.equal(await page.locator('[data-entry]').count(), 0)
  // It is still known which code was used.
  await press(page, 'back')
  await press(page, 'back')
  assert.equal((await paste(page, text)).reason, 'replayed')
  await checker.done()
})

test('the log, when the checker wants one', { skip }, async () => {
  const checker = await profile(browser, server)
  const page = await open(checker.context, server, { preset: 'courier' })
  const rows = async (count) => {
    await press(page, 'settings')
    await press(page, 'log')
    await on(page, 'log')
    await page.waitForFunction((n) => document.querySelectorAll('[data-entry]').length === n, count)
    const texts = await page.locator('[data-entry]').allInnerTexts()
    await press(page, 'back')
    await press(page, 'back')
    await on(page, 'scan')
    return texts
  }
  // Verdicts and names of fields, no values.
  await settings(page, () => set(page, 'log', true))
  await paste(page, await mint())
  await next(page)
  await paste(page, foreign.card)
  await next(page)
  await rows(2)
  assert.deepEqual(places(await kept(page), [...values, foreign.card]), [])
  assert.ok(places(await kept(page), ['can_cuoc/name']).some((at) => at.startsWith('database')), 'keeps no claim ids')
  // Values, since this situation may keep them for a day.
  await settings(page, () => set(page, 'log-values', true))
  const text = await mint()
  await paste(page, text)
  await next(page)
  assert.ok((await rows(3)).some((row) => row.includes(values[0])))
  assert.ok(places(await kept(page), [values[0]]).every((at) => at.startsWith('database')))
  assert.deepEqual(places(await kept(page), [text, text.slice(-40)]), [])
  // Two days later the values are gone, the lines are not. Without a network, where
  // nobody contradicts the clock.
  await installed(page)
  await checker.context.setOffline(true)
  await checker.moveClock(2 * DAY)
  await page.reload()
  await on(page, 'scan')
  await rows(3)
  assert.deepEqual(places(await kept(page), values), [])
  // Deleted by hand, nothing is left.
  await press(page, 'settings')
  await press(page, 'log')
  await press(page, 'clear-log')
  await page.waitForFunction(() => !document.querySelector('[data-entry]'))
  assert.deepEqual(places(await kept(page), ['can_cuoc/name']).filter((at) => at.startsWith('database')), [])
  // Switched off, nothing is added.
  await press(page, 'back')
  await set(page, 'log', false)
  await press(page, 'back')
  await checker.done()
})

test('values go when the checker takes the wish back', { skip }, async () => {
  const checker = await profile(browser, server)
  const page = await open(checker.context, server, { preset: 'courier' })
  await settings(page, () => set(page, 'log', true))
  await settings(page, () => set(page, 'log-values', true))
  await paste(page, await mint())
  await next(page)
  await settings(page, () => set(page, 'log-values', false))
  assert.deepEqual(places(await kept(page), values), [])
  await settings(page, () => set(page, 'log', false))
  await paste(page, await mint())
  await next(page)
  await press(page, 'settings')
  await press(page, 'log')
  await on(page, 'log')
  assert.ok((await page.locator('[data-entry]').count()) <= 1, 'adds lines while it is off')
  await checker.done()
})

test('a situation that may keep no values offers none', { skip }, async () => {
  const checker = await profile(browser, server)
  const page = await open(checker.context, server, { preset: 'person_to_person' })
  await settings(page, () => set(page, 'log', true))
  await press(page, 'settings')
  assert.equal(await page.locator('input[data-setting="log-values"]:visible:enabled').count(), 0)
  await checker.done()
})

test('choices stay', { skip }, async () => {
  const checker = await profile(browser, server)
  const page = await open(checker.context, server, { preset: 'courier' })
  await settings(page, async () => {
    await set(page, 'sound', true)
    await set(page, 'vibration', false)
  })
  await page.reload()
  await on(page, 'scan') // not asked for the purpose again
  await press(page, 'settings')
  const checked = (name) => page.locator(`input[data-setting="${name}"]`).isChecked()
  assert.deepEqual([await checked('sound'), await checked('vibration'), await checked('log')], [true, false, false])
  await press(page, 'change-purpose')
  await on(page, 'purpose')
  await page.locator('button[data-preset="hotel_check_in"]').click()
  await on(page, 'scan')
  await checker.done()
})

for (const [name, block] of [
  ['is forbidden', () => Object.defineProperty(globalThis, 'indexedDB', { get: () => { throw new DOMException('denied', 'SecurityError') } })],
  ['fails', () => (IDBFactory.prototype.open = () => { throw new DOMException('no', 'UnknownError') })],
  ['is full', () => (IDBObjectStore.prototype.put = IDBObjectStore.prototype.add = () => { throw new DOMException('full', 'QuotaExceededError') })],
]) {
  test(`storage that ${name}`, { skip }, async () => {
    const checker = await profile(browser, server)
    await checker.context.addInitScript(block)
    const page = await open(checker.context, server, { preset: 'courier' })
    const text = await mint()
    assert.equal((await paste(page, text)).verdict, 'established')
    await next(page)
    assert.equal((await paste(page, text)).reason, 'replayed')
    await next(page)
    await page.getByText(/không cho lưu/).first().waitFor() // it says so
    await checker.done()
  })
}

test('a list of keys from a file', { skip }, async () => {
  // The page was opened once, 40 days ago, and never since.
  const data = folder()
  const before = await serve({ program: 'giayto-40-days-ago', data })
  const list = async (from) => Buffer.from(await (await fetch(from.origin + '/v1/public/trust-list')).arrayBuffer())
  const older = await list(before)
  const checker = await profile(browser, before)
  const page = await open(checker.context, before, { preset: 'any' })
  await installed(page)
  await checker.context.setOffline(true)
  await before.stop()
  const now = await serve({ data })
  const other = await wallet(now)
  const newer = await list(now)
  const claims = { can_cuoc: ['name'] }

  assert.equal((await paste(page, (await other.mint(claims)).text)).reason, 'trust_list_too_old')
  await next(page)
  const load = async (buffer) => {
    await press(page, 'settings')
    await on(page, 'settings')
    await page.locator('input[type=file][data-action="import"]').setInputFiles({ name: 'trust-list.jws', mimeType: 'application/jose', buffer })
    const said = page.locator('[role=status]:visible, [role=alert]:visible').filter({ hasText: /danh sách/i })
    await said.first().waitFor()
    const words = await said.first().innerText()
    await press(page, 'back')
    return words
  }
  const refused = [await load(Buffer.from('not a list')), await load(await list(server))]
  for (const words of refused) assert.match(words, /không do gốc tin cậy ký/)
  assert.equal((await paste(page, (await other.mint(claims)).text)).reason, 'trust_list_too_old')
  await next(page)
  await load(newer)
  assert.equal((await paste(page, (await other.mint(claims)).text)).verdict, 'established')
  await next(page)
  assert.match(await load(older), /cũ hơn/)
  await page.reload()
  await on(page, 'scan')
  assert.equal((await paste(page, (await other.mint(claims)).text)).verdict, 'established')
  await now.stop()
  await checker.done()
})

test('the list of keys from the server', { skip }, async () => {
  const data = folder()
  const before = await serve({ program: 'giayto-40-days-ago', data })
  const checker = await profile(browser, before)
  const page = await open(checker.context, before, { preset: 'any' })
  await installed(page)
  await before.stop()
  const now = await serve({ data, port: before.port })
  const other = await wallet(now)
  assert.equal((await paste(page, (await other.mint({ can_cuoc: ['name'] })).text)).reason, 'trust_list_too_old')
  await next(page)
  await press(page, 'settings')
  await press(page, 'update')
  await page.locator('[role=status]:visible').filter({ hasText: /mới/ }).waitFor()
  await press(page, 'back')
  assert.equal((await paste(page, (await other.mint({ can_cuoc: ['name'] })).text)).verdict, 'established')
  await now.stop()
  await checker.done()
})
