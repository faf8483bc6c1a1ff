// Writes a picture of every state into a folder.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { views, visit } from './states.mjs'
import { visitWallet } from './wallet-states.mjs'

const folder = resolve(process.argv[2])
mkdirSync(folder, { recursive: true })
let pictures = 0
const take = (suffix) => async (name, page) => {
  const before = page.viewportSize()
  for (const { width, height, colorScheme } of views) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme })
    // A page that is longer than the screen is shown whole, its button at the end.
    const whole = await page.evaluate(() => document.documentElement.scrollHeight)
    await page.setViewportSize({ width, height: Math.max(height, whole) })
    await page.screenshot({ path: join(folder, `${name}${suffix}-${width}-${colorScheme}.png`), animations: 'disabled' })
    pictures++
  }
  await page.setViewportSize(before)
}
if (process.argv[3] !== 'wallet') await visit(take(''))
for (const language of ['vi', 'en']) await visitWallet(take(`-${language}`), { language })
console.log(`${pictures} pictures`)
