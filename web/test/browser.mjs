import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const executablePath = '/usr/bin/chromium'
const installed = existsSync(executablePath)

/** Why browser tests are left out, or false. In CI they are not. */
export const skip = !installed && process.env.CI !== 'true' && 'chromium is not installed'

/** Starts Chromium without any of its own requests to the network. */
export function launch() {
  if (!installed) throw new Error('chromium is not installed')
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
}
