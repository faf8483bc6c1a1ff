// Draws the PNG icons below static/ from the SVG files, in Debian's Chromium. They
// are committed: run this again only when an SVG has changed.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { launch } from './test/chromium.mjs'

const folders = ['verify', 'wallet'].map((page) => fileURLToPath(new URL(`static/${page}/`, import.meta.url)))
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
  for (const folder of folders) {
    for (const [name, size] of icons) {
      await page.setViewportSize({ width: size, height: size })
      const svg = readFileSync(`${folder}${name}.svg`, 'utf8').replace('<svg ', `<svg width="${size}" height="${size}" style="display:block" `)
      await page.setContent(`<body style="margin:0">${svg}</body>`)
      writeFileSync(`${folder}${name}-${size}.png`, await page.screenshot({ omitBackground: true }))
    }
  }
} finally {
  await browser.close()
}
