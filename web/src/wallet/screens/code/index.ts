import { h, svg } from '../../../shared/dom.js'
import { t } from '../../../shared/lang.js'
import { listed } from '../../../shared/when.js'
import { qrSVG } from '../../../shared/qr.js'
import type { App, Screen } from '../../app.js'
import { say } from '../../messages/index.js'
import { names, needsTouch, outOfForce } from '../../model.js'
import { bar, button, explain } from '../../parts.js'

/** A code is renewed when it has this many milliseconds left. */
const RENEW_AT = 8000
const ROUND = 2 * Math.PI * 15

/** Shows the code. It goes when the page is hidden, is renewed before it ends as long
 * as that needs no touch, and says in every state what can be done. */
export function codeScreen(app: App): Screen {
  const { shared, catalog } = app
  if (!shared || !catalog) return { nodes: [bar(app, say('codeTitle'), 'papers')] }
  const place = h('div', { class: 'qr', 'data-code': '' })
  const ring = svg('circle', { cx: 18, cy: 18, r: 15, fill: 'none', stroke: 'var(--lacquer)', 'stroke-width': 5, 'stroke-linecap': 'round', 'stroke-dasharray': ROUND, transform: 'rotate(-90 18 18)' })
  const words = h('p', { 'data-countdown': '' })
  const trouble = h('p', { class: 'error', role: 'status' })
  const touch = button(say('codeConfirm'), 'renew', () => void renew(), { primary: true })
  const asks = needsTouch(catalog, shared.choice, app.session?.level ?? 1)
  let renewing = false
  let failed: unknown
  /** A paper of it counts no more: the code goes at once. */
  let gone = false

  const draw = () => {
    place.replaceChildren(document.visibilityState === 'visible' && left() > 0 && !gone ? qrSVG(shared.code.text, say('codeAlt')) : '')
    place.classList.toggle('ended', left() <= 0 || gone)
  }
  const left = () => Date.parse(shared.code.expires_at) - app.now()
  const tick = () => {
    if (gone) return
    const ms = left()
    const n = Math.max(0, Math.ceil(ms / 1000))
    ring.setAttribute('stroke-dashoffset', String(ROUND * (1 - Math.max(0, ms) / shared.lifetime)))
    if (ms <= 0) {
      words.textContent = say('codeEnded')
      if (place.firstElementChild) draw()
    } else words.textContent = failed ? say('codeOffline', { n }) : asks ? say('codeLeft', { n }) : say('codeNext', { n: Math.max(0, Math.ceil((ms - RENEW_AT) / 1000)) })
    touch.hidden = ms > RENEW_AT || (!asks && !failed && ms > 0)
    touch.textContent = asks ? say('codeConfirm') : say('codeNew')
    if (!asks && !failed && ms > 0 && ms <= RENEW_AT && document.visibilityState === 'visible') void renew()
  }
  const renew = async () => {
    if (renewing || gone) return
    renewing = true
    try {
      await app.renewCode()
      failed = undefined
      trouble.replaceChildren()
      draw()
    } catch (e) {
      failed = e
      trouble.replaceChildren(...explain(e))
    } finally {
      renewing = false
      tick()
    }
  }
  const refresh = () => {
    const named = new Set(shared.which.values())
    const papers = outOfForce(catalog, shared.choice, (app.papers ?? []).filter((p) => !shared.which.has(p.document) || named.has(p.id)))
    if (gone || papers.length === 0) return
    gone = true
    draw()
    ring.setAttribute('stroke-dashoffset', String(ROUND))
    words.textContent = say('codeGone')
    trouble.textContent = say('shareGone', { papers: listed(papers.map((d) => t(d.labels))) })
    touch.hidden = true
  }
  draw()
  tick()
  refresh()
  const timer = setInterval(tick, 500)
  const seen = () => draw()
  document.addEventListener('visibilitychange', seen)
  void app.keepAwake()
  return {
    nodes: [
      bar(app, say('codeTitle')),
      h(
        'div',
        { class: 'body code' },
        shared.title ? h('p', { class: 'pill', 'data-purpose': '' }, shared.title) : '',
        place,
        h('div', { class: 'wave', 'aria-hidden': 'true' }),
        h('div', { class: 'ring' }, svg('svg', { viewBox: '0 0 36 36', width: 34, height: 34, 'aria-hidden': 'true' }, svg('circle', { cx: 18, cy: 18, r: 15, fill: 'none', stroke: 'var(--line)', 'stroke-width': 5 }), ring), words),
        trouble,
        h('p', { class: 'box', 'data-shows': '' }, say('codeShows', { claims: listed(names(catalog, shared.choice)) }), shared.audience ? h('span', { class: 'line' }, say('codeFor', { audience: shared.audience })) : ''),
        h('p', { class: 'help' }, say('codeBright')),
      ),
      h('div', { class: 'actions' }, touch, button(say('codeStop'), 'stop', () => app.stopSharing())),
    ],
    refresh,
    leave: () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', seen)
      app.letSleep()
    },
  }
}
