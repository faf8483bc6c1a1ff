// The activation code from the QR of the agency's letter, before a camera.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { camera } from './camera.mjs'
import { launch, refuseCamera } from './chromium.mjs'
import { draw } from './codes.mjs'
import { serve, skip } from './server.mjs'
import { originOf, phone } from './walletpage.mjs'

test('with a camera', { skip }, async (t) => {
  const server = await serve()
  t.after(() => server.stop())
  const lens = camera()
  const browser = await launch({ camera: lens.file, hosts: ['localhost'] })
  t.after(() => browser.close())
  const holder = await phone(browser, server, { permissions: [] })
  const { page, on, press } = holder
  await holder.context.grantPermissions(['camera'], { origin: originOf(server) })
  const policy = []
  page.on('console', (m) => /Content Security Policy|policy/i.test(m.text()) && policy.push(m.text()))

  // Another code is told from it, and the next one still read.
  lens.show(await draw('https://example.com/menu'))
  await page.goto(holder.origin + '/wallet')
  await press('scan')
  await on('scan')
  await page.locator('[data-scan="other"]').waitFor()
  await holder.accessible('scan')
  await press('back')
  await on('start')
  assert.equal(await page.locator('#activation').inputValue(), '')

  lens.show(await draw(server.code))
  await press('scan')
  await on('start')
  await page.waitForFunction(() => document.querySelector('#activation').value !== '')
  assert.equal(await page.locator('#activation').inputValue(), server.code)
  // The camera is closed, and the code is in no address.
  assert.ok(!page.url().includes(server.code.slice(0, 4)))
  await press('begin')
  await on('passkey')
  assert.deepEqual(policy, [])
  await holder.done()
})

test('refused, and without one, typing remains', { skip }, async (t) => {
  const server = await serve()
  t.after(() => server.stop())
  const lens = camera()
  const filmed = await launch({ camera: lens.file, hosts: ['localhost'] })
  t.after(() => filmed.close())
  const blind = await launch({ hosts: ['localhost'] })
  t.after(() => blind.close())
  for (const [browser, fault] of [[filmed, 'refused'], [blind, 'absent']]) {
    const holder = await phone(browser, server)
    const { page, on, press } = holder
    await page.goto(holder.origin + '/wallet')
    await on('start')
    if (fault === 'refused') await refuseCamera(browser, page, { origin: holder.origin })
    await press('scan')
    await page.locator(`[data-scan="${fault}"]`).waitFor()
    assert.match(await page.locator('[data-scan]').innerText(), /nhập mã bằng tay/)
    await press('type')
    await on('start')
    await holder.done()
  }
})
