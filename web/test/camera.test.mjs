// Cameras that are not to be had.
import assert from 'node:assert/strict'
import { unlinkSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { camera } from './camera.mjs'
import { kept, on, open, paste } from './checker.mjs'
import { launch, profile, refuseCamera } from './chromium.mjs'
import { serve, skip, wallet } from './server.mjs'

let server, holder
before(async () => {
  if (skip) return
  server = await serve()
  holder = await wallet(server)
})
after(() => server?.stop())

const fault = async (page, kind) => {
  const place = page.locator('[data-camera-fault]:visible')
  await place.waitFor()
  assert.equal(await place.getAttribute('data-camera-fault'), kind)
  assert.ok((await place.innerText()).trim().length > 20, 'no word of it')
}

/** Whatever the camera does, a text can be pasted. */
async function pasteWorks(page) {
  assert.equal((await paste(page, (await holder.mint({ can_cuoc: ['name'] })).text)).verdict, 'established')
}

test('with a camera of the machine', { skip }, async (t) => {
  const phone = camera()
  const browser = await launch({ camera: phone.file })
  t.after(() => browser.close())

  await t.test('refused', async () => {
    const checker = await profile(browser, server, { camera: 'denied' })
    const page = await open(checker.context, server)
    await refuseCamera(browser, page, server)
    await page.locator('button[data-preset="any"]').click()
    await fault(page, 'refused')
    await pasteWorks(page)
    await checker.done()
  })
  await t.test('unsupported', async () => {
    const checker = await profile(browser, server)
    await checker.context.addInitScript(() => Object.defineProperty(navigator, 'mediaDevices', { value: undefined }))
    const page = await open(checker.context, server, { preset: 'any' })
    await fault(page, 'unsupported')
    await pasteWorks(page)
    await checker.done()
  })
  await t.test('busy', async () => {
    const checker = await profile(browser, server)
    await checker.context.addInitScript(() => {
      if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('Could not start video source', 'NotReadableError'))
    })
    const page = await open(checker.context, server, { preset: 'any' })
    await fault(page, 'busy')
    await pasteWorks(page)
    await checker.done()
  })
  await t.test('gone when it is wanted again', async () => {
    const checker = await profile(browser, server)
    const page = await open(checker.context, server, { preset: 'any' })
    await page.locator('video:visible').waitFor()
    unlinkSync(phone.file)
    await page.reload()
    await fault(page, 'absent')
    phone.clear()
    await checker.done()
  })
})

test('a control that is touched while the camera comes stays where it is', { skip }, async (t) => {
  const browser = await launch({ camera: camera().file })
  t.after(() => browser.close())
  const checker = await profile(browser, server)
  // The camera comes while the finger is down.
  await checker.context.addInitScript(() => {
    if (!navigator.mediaDevices) return
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await open(wanted)
      await new Promise((done) => {
        addEventListener('pointerdown', done, { once: true })
        globalThis.cameraComes = true
      })
      return stream
    }
  })
  const page = await open(checker.context, server, { preset: 'any' })
  await page.waitForFunction(() => globalThis.cameraComes)
  const box = await page.locator('[data-action="paste"]').boundingBox()
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await page.waitForFunction(() => document.querySelector('video').videoWidth > 0)
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  await page.mouse.up()
  await on(page, 'paste')
  await checker.done()
})

test('without a camera', { skip }, async (t) => {
  const browser = await launch({ hosts: ['shop.example'] })
  t.after(() => browser.close())

  await t.test('absent', async () => {
    const checker = await profile(browser, server)
    const page = await open(checker.context, server, { preset: 'any' })
    await fault(page, 'absent')
    await pasteWorks(page)
    await checker.done()
  })
  await t.test('insecure', async () => {
    // Neither a camera nor checks of signatures are to be had without TLS.
    const context = await browser.newContext({ locale: 'vi-VN' })
    const page = await context.newPage()
    await page.goto(`http://shop.example:${server.port}/verify`)
    await page.getByText(/https/).waitFor()
    assert.equal(await page.locator('[data-verdict]').count(), 0)
    await context.close()
  })
})

test('with two cameras', { skip }, async (t) => {
  const browser = await launch({ camera: 2 })
  t.after(() => browser.close())
  const checker = await profile(browser, server)
  const page = await open(checker.context, server, { preset: 'any' })
  const choice = page.locator('select[data-cameras]')
  await choice.waitFor()
  const inUse = () => document.querySelector('video').srcObject?.getVideoTracks()[0]?.getSettings().deviceId
  const first = await page.waitForFunction(inUse).then((handle) => handle.jsonValue())
  const second = (await choice.locator('option').evaluateAll((all) => all.map((o) => o.value))).find((id) => id && id !== first)
  const secondInUse = () => page.waitForFunction((id) => document.querySelector('video').srcObject?.getVideoTracks()[0]?.getSettings().deviceId === id, second)
  await choice.selectOption(second)
  await secondInUse()
  // These cameras have no light.
  assert.equal(await page.locator('[data-action="torch"]:visible').count(), 0)
  // The choice stays, once it is written.
  while (!(await kept(page)).some(({ at, content }) => at.startsWith('database') && content.includes(second)));
  await page.reload()
  await on(page, 'scan')
  await secondInUse()
  await checker.done()
})
