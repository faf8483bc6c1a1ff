// The wallet as a citizen uses it, in Chromium with its virtual authenticator
// against the real server; a checker in another profile reads its screen.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { camera } from './camera.mjs'
import { installed, open, verdict } from './checker.mjs'
import { launch, profile } from './chromium.mjs'
import { serve, skip } from './server.mjs'
import { phone } from './walletpage.mjs'

let browser, server, lens
before(async () => {
  if (skip) return
  server = await serve()
  lens = camera()
  browser = await launch({ camera: lens.file, hosts: ['localhost'] })
})
after(async () => {
  await browser?.close()
  await server?.stop()
})

test('from the first run to a code that a checker reads', { skip }, async (t) => {
  const holder = await phone(browser, server)
  const { page, origin, on, press, accessible, touch } = holder

  await t.test('first run', async () => {
    await page.goto(origin + '/wallet')
    await on('start')
    await accessible('start')
    await press('begin')
    assert.match(await page.locator('[data-trouble]').innerText(), /mã kích hoạt/)
    await page.locator('#activation').fill('7K3M-9XQ2-PD4W-ZR8T')
    await press('begin')
    await page.locator('[data-trouble]').filter({ hasText: 'activation.unknown' }).waitFor()
    await page.locator('#activation').fill(server.code)
    await press('begin')
    await on('passkey')
    await press('create-passkey')
    await on('recovery')
    await page.locator('[data-recovery]').filter({ hasText: /^\w{4}(-\w{4}){5}$/ }).waitFor()
    const code = await page.locator('[data-recovery]').innerText()
    await page.locator('#recovery-end').fill('0000')
    await press('recovery-done')
    assert.ok((await page.locator('[data-trouble]').innerText()).length > 5)
    await accessible('recovery')
    await page.locator('#recovery-end').fill(code.slice(-4))
    await press('recovery-done')
    await on('papers')
  })

  await t.test('papers, masked until a touch', async () => {
    await page.locator('[data-paper]').nth(3).waitFor()
    assert.equal(await page.locator('[data-paper]').count(), 4)
    await accessible('papers')
    await page.locator('[data-paper="can_cuoc"]').click()
    await on('paper')
    const number = page.locator('[data-claim="personal_administrative_number"] dd')
    await number.waitFor()
    assert.match(await number.innerText(), /^•+ \d{3}$/)
    await touch(false)
    await press('reveal')
    await page.locator('[data-trouble]').filter({ hasText: /\S/ }).waitFor()
    assert.match(await number.innerText(), /^•+ \d{3}$/)
    await touch(true)
    await press('reveal')
    await number.filter({ hasText: /^\d{12}$/ }).waitFor()
    await accessible('paper')
    await press('back')
  })

  await t.test('three fields, which a checker without a network reads from the screen', async () => {
    const checker = await profile(browser, server)
    const other = await open(checker.context, server)
    await installed(other)
    await checker.context.setOffline(true)

    await press('share')
    await on('share')
    await accessible('share')
    await press('own')
    await on('pick')
    await page.locator('[data-fields]').first().waitFor()
    assert.equal(await page.locator('input[data-claim]:checked').count(), 0, 'something was chosen for the citizen')
    const chosen = ['can_cuoc/name', 'can_cuoc/birthdate', 'can_cuoc/address.region']
    for (const id of chosen) await holder.check(id)
    assert.match(await page.locator('[data-sees]').innerText(), /họ và tên.*ngày sinh/)
    assert.match(await page.locator('[data-sees-not]').innerText(), /số định danh/)
    await accessible('pick')
    const values = await page.evaluate(async (ids) => {
      const { credentials } = await (await fetch('/v1/citizen/credentials')).json()
      const { claims } = await (await fetch('/v1/citizen/credentials/' + credentials.find((c) => c.document === 'can_cuoc').id)).json()
      return Object.fromEntries(ids.map((id) => [id, claims.find((c) => `can_cuoc/${c.id}` === id).text.vi]))
    }, chosen)
    await press('make')
    await on('code')
    lens.show(await holder.screenshot())
    await other.locator('button[data-preset="any"]').click()
    const got = await verdict(other)
    assert.equal(got.verdict, 'established', got.reason)
    assert.deepEqual(got.claims, values)
    await accessible('code')
    await press('stop')
    await on('papers')
    await checker.done()
  })

  await t.test('a situation asks for a touch where the catalogue does, and shares nothing without one', async () => {
    await press('share')
    await page.locator('[data-preset="hotel_check_in"]').click()
    await on('pick')
    await press('required')
    await touch(false)
    await press('make')
    await page.locator('[data-trouble]').filter({ hasText: /\S/ }).waitFor()
    assert.equal(await page.locator('html').getAttribute('data-screen'), 'pick')
    await touch(true)
    await press('make')
    await on('code')
    assert.ok(await page.locator('[data-purpose]').innerText())
    await press('stop')
  })

  await t.test('history, inbox and safety', async () => {
    await page.locator('[data-nav="history"]').click()
    await page.locator('[data-entry]').nth(1).waitFor()
    assert.equal(await page.locator('[data-entry]').count(), 2)
    await accessible('history')
    assert.match(await page.locator('[data-entry]').first().innerText(), /Thông báo lưu trú/)
    await press('language')
    await page.locator('[data-entry]').nth(1).waitFor()
    assert.match(await page.locator('[data-entry]').first().innerText(), /Notifying the police of a guest/)
    await press('language')
    await page.locator('[data-entry]').nth(1).waitFor()
    await page.locator('[data-nav="inbox"]').click()
    await page.locator('[data-notice="passkey.registered"]').waitFor()
    await accessible('inbox')
    await page.locator('[data-nav="safety"]').click()
    await page.locator('[data-passkey]').waitFor()
    await accessible('safety')
    await press('language')
    assert.match(await page.locator('h1').innerText(), /Safety/)
  })

  await t.test('nothing of a paper lies on the device in the clear, and signing out leaves nothing', async () => {
    /** The names of what is kept about the citizen. */
    const names = () =>
      page.evaluate(async () => {
        const all = []
        for (const { name } of await indexedDB.databases()) {
          const database = await new Promise((done) => (indexedDB.open(name).onsuccess = (e) => done(e.target.result)))
          for (const store of database.objectStoreNames) all.push(...(await new Promise((done) => (database.transaction(store).objectStore(store).getAllKeys().onsuccess = (e) => done(e.target.result)))))
          database.close()
        }
        return all.filter((name) => ['papers', 'session', 'catalog'].includes(name))
      })
    const kept = () =>
      page.evaluate(async () => {
        const all = []
        for (const { name } of await indexedDB.databases()) {
          const database = await new Promise((done) => (indexedDB.open(name).onsuccess = (e) => done(e.target.result)))
          for (const store of database.objectStoreNames) {
            const values = await new Promise((done) => (database.transaction(store).objectStore(store).getAll().onsuccess = (e) => done(e.target.result)))
            for (const value of values) all.push(JSON.stringify(value, (_, v) => (v instanceof ArrayBuffer ? new TextDecoder().decode(v) : ArrayBuffer.isView(v) ? new TextDecoder().decode(v) : v)))
          }
          database.close()
        }
        return all
      })
    const before = await kept()
    assert.ok(before.length > 0)
    assert.deepEqual((await names()).sort(), ['catalog', 'papers', 'session'])
    for (const value of before) assert.doesNotMatch(value, /VÍ DỤ|can_cuoc|0793/)
    // An answer that was asked for before comes after.
    await page.evaluate(() => {
      const real = fetch
      globalThis.asked = new Promise((asked) => {
        globalThis.fetch = async (...given) => {
          const answer = await real(...given)
          if (!String(given[0]).endsWith('/credentials')) return answer
          asked()
          await new Promise((release) => (globalThis.release = release))
          return answer
        }
      })
      dispatchEvent(new Event('online'))
      return globalThis.asked
    })
    await press('sign-out')
    await on('start')
    await page.evaluate(async () => {
      globalThis.release()
      // The store answers in turn: what was begun before is done by then.
      for (let i = 0; i < 3; i++) await indexedDB.databases()
    })
    assert.deepEqual(await names(), [])
    await page.reload()
    await on('start')
    assert.equal(await page.locator('[data-paper]').count(), 0)
  })

  await holder.done()
})
