// A newer build of the page arrives while somebody scans.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { camera } from './camera.mjs'
import { installed, next, on, open, paste, press, verdict } from './checker.mjs'
import { launch, profile } from './chromium.mjs'
import { serve, skip, wallet } from './server.mjs'

const build = (page) => page.locator('meta[name="giayto-build"]').getAttribute('content')

/** Asks for a newer build, as the browser does by itself now and then, and waits
 * until it has arrived. */
const arrives = (page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    await registration.update()
    while (!registration.waiting) await new Promise((done) => setTimeout(done, 50))
  })

test('a newer build waits until nobody scans', { skip }, async (t) => {
  const phone = camera()
  const browser = await launch({ camera: phone.file })
  t.after(() => browser.close())
  const before = await serve()
  const checker = await profile(browser, before)
  const page = await open(checker.context, before, { preset: 'any' })
  await installed(page)
  const old = await build(page)
  // A second window, which nobody looks at.
  const aside = await open(checker.context, before)
  await on(aside, 'scan')
  await press(aside, 'settings') // so that only one window has the camera open
  await page.bringToFront()
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
  await on(page, 'scan')
  assert.equal((await verdict(page)).verdict, 'established')
  await next(page)
  assert.deepEqual([await build(page), await page.evaluate(() => globalThis.sameDocument)], [old, true])

  // It changes once the checker leaves, and asks for nothing again.
  await press(page, 'settings')
  await on(page, 'settings')
  phone.clear()
  await press(page, 'reload')
  await page.waitForFunction((b) => document.querySelector('meta[name="giayto-build"]')?.content !== b, old)
  await on(page, 'scan')
  const young = await build(page)
  assert.notEqual(young, old)
  assert.equal((await page.evaluate(() => caches.keys())).filter((name) => name.includes(old)).length, 0)

  // The other window still works, and comes along when it is used.
  await aside.bringToFront()
  await press(aside, 'back')
  assert.equal((await paste(aside, (await holder.mint({ can_cuoc: ['name'] })).text)).verdict, 'established')
  await next(aside)
  await press(aside, 'settings')
  await aside.locator('[data-action="change-purpose"]').click()
  await aside.waitForFunction((b) => document.querySelector('meta[name="giayto-build"]')?.content === b, young)

  // And the new build is whole without a network.
  await checker.context.setOffline(true)
  await server.stop()
  await page.reload()
  await on(page, 'scan')
  assert.equal(await build(page), young)
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
