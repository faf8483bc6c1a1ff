// Draws the PNG icons of static/ from its SVG files, in Debian's Chromium. They
// are committed: run this again only when an SVG has changed.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { launch } from './test/chromium.mjs'

const folder = fileURLToPath(new URL('static/', import.meta.url))
const icons = [
  ['icon', 192],
  ['icon', 512],
  ['icon-maskable', 180], // what iOS puts on the home screen
  ['icon-maskable', 192],
  ['icon-maskable', 512],
]
const browser = await launch()
try {
  const page = await browser.newPage()
  for (const [name, size] of icons) {
    await page.setViewportSize({ width: size, height: size })
    const svg = readFileSync(`${folder}${name}.svg`, 'utf8').replace('<svg ', `<svg width="${size}" height="${size}" style="display:block" `)
    await page.setContent(`<body style="margin:0">${svg}</body>`)
    writeFileSync(`${folder}${name}-${size}.png`, await page.screenshot({ omitBackground: true }))
  }
} finally {
  await browser.close()
}
