import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

/** Why what needs a browser is left out, or false. In CI it is not. */
export const skip = !executablePath && process.env.CI !== 'true' && 'chromium is not installed'

/** Starts Chromium without any of its own requests to the network. No name but
 * those given resolves. camera is a file, a number of cameras, or nothing; args
 * are more of its options. */
export async function launch({ camera, hosts = [], args = [] } = {}) {
  if (!executablePath) throw new Error('chromium is not installed')
  const cameras = typeof camera === 'string' ? ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera}`] : camera ? [`--use-fake-device-for-media-stream=device-count=${camera}`] : []
  return chromium.launch({
    executablePath,
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
      `--host-resolver-rules=${hosts.map((host) => `MAP ${host} 127.0.0.1,`).join('')}MAP * ~NOTFOUND,EXCLUDE 127.0.0.1,EXCLUDE localhost`,
      ...cameras,
      ...args,
    ],
  })
}

/** Runs in every page before its own scripts. */
function watch() {
  addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`))
  globalThis.shifts = []
  new PerformanceObserver((list) => {
    const box = ({ x, y, width, height }) => [x, y, width, height].map(Math.round)
    for (const { value, sources, hadRecentInput } of list.getEntries()) {
      if (hadRecentInput) continue
      const moved = sources.map(({ node, previousRect, currentRect }) => `${node?.outerHTML?.slice(0, 90) ?? 'what is gone'} from ${box(previousRect)} to ${box(currentRect)}`)
      globalThis.shifts.push(`${value.toFixed(4)}: ${moved.join('; ')}`)
    }
  }).observe({ type: 'layout-shift', buffered: true })
}

/** What a network that is switched off makes a browser say. */
const OFFLINE = /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|ERR_FAILED|ERR_NETWORK_CHANGED/

/**
 * A fresh profile: a phone of 360 px unless options say otherwise. It collects
 * what must never be: errors, breaches of the policy of content, requests to
 * anybody but the server, shifts of layout. done() asserts that there was none.
 */
export async function profile(browser, server, { camera = 'granted', ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 360, height: 760 }, deviceScaleFactor: 2, hasTouch: true, locale: 'vi-VN', reducedMotion: 'reduce', ...options })
  context.setDefaultTimeout(15_000)
  const faults = []
  const found = (fault) => {
    faults.push(fault)
    console.error(fault) // at once: it often explains what fails next
  }
  if (camera === 'granted') await context.grantPermissions(['camera'], { origin: server.origin })
  await context.addInitScript(watch)
  context.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (protocol.startsWith('http') && origin !== server.origin) found(`request to ${request.url()}`)
  })
  context.on('console', (m) => m.type() === 'error' && !OFFLINE.test(m.text()) && found(`console: ${m.text()} ${m.location().url}`))
  context.on('weberror', (e) => found(`error: ${e.error().stack}`))
  return {
    context,
    faults,
    /** Moves the clock of the device for pages that are opened from now on. */
    moveClock: (milliseconds) =>
      context.addInitScript((ms) => {
        const Real = Date
        globalThis.Date = class Date extends Real {
          constructor(...given) {
            if (given.length) super(...given)
            else super(Real.now() + ms)
          }
          static now() {
            return Real.now() + ms
          }
        }
      }, milliseconds),
    async done() {
      for (const page of context.pages()) {
        const shifts = await page.evaluate(() => globalThis.shifts ?? [])
        faults.push(...shifts.map((s) => `layout shift ${s}`))
      }
      await context.close()
      assert.deepEqual(faults, [])
    },
  }
}

/** Says no to the question for the camera, as the person before the screen. */
export async function refuseCamera(browser, page, server) {
  const session = await browser.newBrowserCDPSession()
  const { targetInfos } = await session.send('Target.getTargets')
  const { browserContextId } = targetInfos.find((target) => target.type === 'page' && target.url === page.url())
  await session.send('Browser.setPermission', { permission: { name: 'camera' }, setting: 'denied', origin: server.origin, browserContextId })
  await session.detach()
}
