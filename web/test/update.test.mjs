// A newer build of the page arrives while somebody scans.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { camera } from './camera.mjs'
import { installed, next, on, open, press, verdict } from './checker.mjs'
import { launch, profile } from './chromium.mjs'
import { serve, skip, wallet } from './server.mjs'

const build = (page) => page.locator('meta[name="giayto-build"]').getAttribute('content')

/** Asks for a newer build, as the browser does by itself now and then, and waits
 * until it has arrived. */
const arrives = (page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    for (let i = 0; i < 150; i++) {
      if (i % 20 === 0) await registration.update()
      if (registration.waiting) return
      await new Promise((done) => setTimeout(done, 100))
    }
    throw new Error('no newer build')
  })

const changes = (page, old) => page.waitForFunction((b) => ![undefined, b].includes(document.querySelector('meta[name="giayto-build"]')?.content), old)

test('a newer build waits until nobody scans', { skip }, async (t) => {
  const phone = camera()
  const browser = await launch({ camera: phone.file })
  t.after(() => browser.close())
  const before = await serve()
  const checker = await profile(browser, before)
  const page = await open(checker.context, before, { preset: 'any' })
  await installed(page)
  const old = await build(page)
  await before.stop()
  const server = await serve({ program: 'giayto-next', data: before.data, port: before.port })
  const holder = await wallet(server)
  await page.evaluate(() => (globalThis.sameDocument = true))
  await arrives(page)

  // It goes on scanning, in the same document, with everything of the old build.
  phone.show(await holder.picture(await holder.mint({ can_cuoc: ['name'] })))
  await press(page, 'settings')
  await on(page, 'settings')
  await press(page, 'back') // opens the camera anew
  assert.equal((await verdict(page)).verdict, 'established')
  await next(page)
  assert.deepEqual([await build(page), await page.evaluate(() => globalThis.sameDocument)], [old, true])

  // It changes once the checker leaves, and asks for nothing again.
  await press(page, 'settings')
  await on(page, 'settings')
  phone.clear()
  await press(page, 'reload')
  await changes(page, old)
  await on(page, 'scan')
  const young = await build(page)
  assert.equal((await page.evaluate(() => caches.keys())).filter((name) => name.includes(old)).length, 0)

  // And the new build is whole without a network.
  await checker.context.setOffline(true)
  await server.stop()
  await page.reload()
  await on(page, 'scan')
  assert.equal(await build(page), young)
  await checker.done()
})

test('a second window goes on until it is left', { skip }, async (t) => {
  const browser = await launch()
  t.after(() => browser.close())
  const before = await serve()
  const checker = await profile(browser, before)
  const page = await open(checker.context, before, { preset: 'any' })
  await installed(page)
  const old = await build(page)
  const aside = await open(checker.context, before)
  await on(aside, 'scan')
  await press(aside, 'paste')
  await page.bringToFront()
  await before.stop()
  const server = await serve({ program: 'giayto-next', data: before.data, port: before.port })
  const holder = await wallet(server)
  await arrives(page)
  await press(page, 'settings')
  await press(page, 'reload')
  await changes(page, old)
  await on(page, 'scan')

  await aside.bringToFront()
  await aside.locator('textarea').fill((await holder.mint({ can_cuoc: ['name'] })).text)
  await press(aside, 'check')
  assert.equal((await verdict(aside)).verdict, 'established')
  assert.equal(await build(aside), old)
  await next(aside)
  await press(aside, 'settings')
  await press(aside, 'change-purpose')
  await changes(aside, old)
  await server.stop()
  await checker.done()
})

test('an update that does not arrive whole changes nothing', { skip }, async (t) => {
  const browser = await launch()
  t.after(() => browser.close())
  const before = await serve()
  const checker = await profile(browser, before)
  const page = await open(checker.context, before, { preset: 'any' })
  await installed(page)
  const old = await build(page)
  await before.stop()
  const server = await serve({ program: 'giayto-next', data: before.data, port: before.port })
  // The line breaks after the service worker, before the files of its build.
  await checker.context.route('**/assets/**', (route) => route.abort())
  const state = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    await registration.update()
    const worker = registration.installing
    if (worker) await new Promise((done) => worker.addEventListener('statechange', done))
    return [worker?.state, !!registration.waiting]
  })
  assert.deepEqual(state, ['redundant', false])
  await server.stop()
  await checker.context.setOffline(true)
  await page.reload()
  await on(page, 'scan')
  assert.equal(await build(page), old)
  await checker.done()
})
