// Every state of the page, for tests of how it looks and for pictures of it.
import { camera } from './camera.mjs'
import { installed, next, on, open, paste, press, verdict } from './checker.mjs'
import { launch, profile, refuseCamera } from './chromium.mjs'
import { foreign, forge, newer } from './codes.mjs'
import { LONG_NAME, serve, wallet } from './server.mjs'

/** What a page is looked at with. */
export const views = [360, 1280].flatMap((width) => ['light', 'dark'].map((colorScheme) => ({ width, height: width < 600 ? 760 : 800, colorScheme })))

/**
 * Brings pages into each state and calls look(name, page) there. look may change
 * the size and the colours; it leaves the state as it is.
 */
export async function visit(look) {
  const film = camera()
  const server = await serve()
  const holder = await wallet(server)
  const long = await wallet(server, LONG_NAME)
  const browser = await launch({ camera: film.file })
  try {
    const checker = await profile(browser, server)
    const { context } = checker
    film.showTooClose(await holder.picture(await holder.mint({ can_cuoc: 'hotel_check_in' })))
    const page = await open(context, server)
    await on(page, 'purpose')
    await look('purpose', page)
    await page.locator('button[data-preset="hotel_check_in"]').click()
    await on(page, 'scan')
    await installed(page)
    await page.waitForFunction(() => document.querySelector('video').videoWidth > 0)
    await look('scan', page)
    await press(page, 'paste')
    await on(page, 'paste')
    await look('paste', page)
    await page.locator('textarea').fill((await long.mint({ can_cuoc: 'hotel_check_in' })).text)
    await press(page, 'check')
    await verdict(page)
    await look('established', page)
    await next(page)
    const twice = (await holder.mint({ can_cuoc: 'hotel_check_in' })).text
    await paste(page, twice)
    await next(page)
    const results = [
      ['replayed', twice],
      ['claim-missing', (await holder.mint({ can_cuoc: ['name'] })).text],
      ['forged', await forge((await holder.mint({ can_cuoc: 'hotel_check_in' })).text, server)],
      ['printed-card', foreign.card],
      ['other-code', foreign.link],
      ['newer-form', newer],
    ]
    for (const [name, text] of results) {
      await paste(page, text)
      await look(name, page)
      await next(page)
    }
    await press(page, 'settings')
    await on(page, 'settings')
    await look('settings', page)
    await press(page, 'log')
    await on(page, 'log')
    await look('log-empty', page)
    await press(page, 'back')
    await page.locator('input[data-setting="log"]').setChecked(true)
    await page.locator('input[data-setting="log-values"]').setChecked(true)
    await look('settings-log', page)
    await press(page, 'back')
    for (const text of [(await long.mint({ can_cuoc: 'hotel_check_in' })).text, foreign.card]) {
      await paste(page, text)
      await next(page)
    }
    await press(page, 'settings')
    await press(page, 'log')
    await page.locator('[data-entry]').first().waitFor()
    await look('log', page)
    await press(page, 'back')
    await press(page, 'change-purpose')
    await page.locator('button[data-preset="traffic_stop"]').click()
    await on(page, 'scan')
    await paste(page, (await holder.mint({ gplx: 'traffic_stop', dang_ky_xe: 'traffic_stop' })).text)
    await look('established-two-papers', page)
    await press(page, 'language')
    await look('established-english', page)
    await next(page)
    await look('scan-english', page)
    await checker.done()

    const refused = await profile(browser, server, { camera: 'denied' })
    const other = await open(refused.context, server)
    await refuseCamera(browser, other, server)
    await other.locator('button[data-preset="any"]').click()
    await other.locator('[data-camera-fault]').waitFor()
    await look('camera-refused', other)
    await refused.done()
  } finally {
    await browser.close()
    await server.stop()
  }
  await visitClocks(look)
  await visitCameras(look)
}

/** What a page says when its clock and the server's are apart: a list of keys that
 * ended long ago, a code that has ended, a clock behind what was signed. */
async function visitClocks(look) {
  for (const [name, program] of [['list-too-old', 'giayto-40-days-ago'], ['expired', 'giayto-6-minutes-ago'], ['clock-wrong', 'giayto-tomorrow']]) await visitClock(look, name, program)
}

async function visitClock(look, name, program) {
  const server = await serve({ program })
  const browser = await launch()
  try {
    const checker = await profile(browser, server)
    const page = await open(checker.context, server, { preset: 'any' })
    await paste(page, (await (await wallet(server)).mint({ can_cuoc: ['name'] })).text)
    await look(name, page)
    await next(page)
    await look(`scan-${name}`, page)
    await checker.done()
  } finally {
    await browser.close()
    await server.stop()
  }
}

/** A device with several cameras. */
async function visitCameras(look) {
  const server = await serve()
  const browser = await launch({ camera: 2 })
  try {
    const checker = await profile(browser, server)
    const page = await open(checker.context, server, { preset: 'building_gate' })
    await page.locator('select[data-cameras]').waitFor()
    await look('scan-cameras', page)
    await checker.done()
  } finally {
    await browser.close()
    await server.stop()
  }
}
