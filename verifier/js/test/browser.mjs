import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

/** Why browser tests are left out, or false. In CI they are not. */
export const skip = !executablePath && process.env.CI !== 'true' && 'chromium is not installed'

/** Starts Chromium without any of its own requests to the network. */
export function launch() {
  if (!executablePath) throw new Error('chromium is not installed')
  return chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
}
