// How every state looks: to people who see little, on small and large screens, in
// both themes.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { skip } from './server.mjs'
import { views, visit } from './states.mjs'

/** What has the wrong measure; runs in the page. */
function measure() {
  const wrong = []
  const name = (e) => `${e.tagName.toLowerCase()} ${Object.entries(e.dataset).map(([k, v]) => `[${k}=${v}]`).join('')} "${(e.innerText ?? '').trim().slice(0, 40)}"`
  const width = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth > width) wrong.push(`scrolls sideways: ${document.documentElement.scrollWidth} of ${width}`)
  const visible = [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getBoundingClientRect().width > 1)
  const controls = visible.filter((e) => e.matches('button, a[href], input, select, textarea, summary, [role=button]'))
  for (const e of controls) {
    const box = (e.closest('label') ?? e).getBoundingClientRect()
    if (box.width < 48 || box.height < 48) wrong.push(`small target, ${Math.round(box.width)} by ${Math.round(box.height)}: ${name(e)}`)
  }
  for (const e of visible) {
    const box = e.getBoundingClientRect()
    if (e.closest('svg') || e.matches('video')) continue
    if (box.right > width + 0.5 || box.left < -0.5) wrong.push(`beyond the edge: ${name(e)}`)
    const style = getComputedStyle(e)
    const cuts = (axis, over, inner) => ['hidden', 'clip'].includes(style[axis]) && over > inner + 1 && !e.matches('html, body')
    if (e.textContent.trim() && (cuts('overflowX', e.scrollWidth, e.clientWidth) || cuts('overflowY', e.scrollHeight, e.clientHeight))) wrong.push(`clipped: ${name(e)}`)
    const own = [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim())
    // Vietnamese stacks marks over capitals.
    if (own && parseFloat(style.lineHeight) < 1.4 * parseFloat(style.fontSize)) wrong.push(`lines too close, ${style.lineHeight} for ${style.fontSize}: ${name(e)}`)
    if (own && parseFloat(style.fontSize) < 13) wrong.push(`small type, ${style.fontSize}: ${name(e)}`)
    if (e.matches('[data-claim] dd') && parseFloat(style.fontSize) < 19) wrong.push(`small value, ${style.fontSize}: ${name(e)}`)
  }
  if (visible.filter((e) => e.matches('[data-action="language"]')).length !== 1) wrong.push('no way to the other language')
  const headings = [...document.querySelectorAll('h1')].filter((e) => e.checkVisibility())
  if (headings.length !== 1) wrong.push(`${headings.length} main headings`)
  return wrong
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds against the rules. It is loaded once into each document. */
async function audit(page) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe)
  const { violations, passes } = await page.evaluate((rules) => globalThis.axe.run(document, { runOnly: rules }), RULES)
  assert.ok(passes.length > 10, 'axe looked at nothing')
  return violations.flatMap(({ id, nodes }) => nodes.map((n) => `axe ${id}: ${n.html.slice(0, 160)} ${n.failureSummary?.replaceAll('\n', ' ')}`))
}

test('every state, at both widths, in both themes', { skip }, async (t) => {
  const seen = []
  await visit(async (name, page) => {
    const before = page.viewportSize()
    for (const { width, height, colorScheme } of views) {
      await page.setViewportSize({ width, height })
      await page.emulateMedia({ colorScheme })
      const faults = await page.evaluate(measure)
      faults.push(...(await audit(page)))
      await t.test(`${name} ${width} ${colorScheme}`, () => assert.deepEqual(faults, []))
    }
    await page.setViewportSize(before)
    seen.push(name)
  })
  assert.ok(seen.length >= 15)
})
