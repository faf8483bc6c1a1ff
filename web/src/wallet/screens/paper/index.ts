import type { Claim, PaperContent } from '../../../api/client_gen.js'
import { h } from '../../../shared/dom.js'
import { t } from '../../../shared/lang.js'
import { ago } from '../../../shared/when.js'
import type { App, Screen } from '../../app.js'
import { say } from '../../messages/index.js'
import { inForce, masked, stateOf } from '../../model.js'
import { pictogram } from '../../pictograms.js'
import { again, attempt, bar, button, explain, troubleBox } from '../../parts.js'

/** One paper with its fields. What the catalogue masks is shown after a touch of the
 * passkey, and hidden again when the screen is left. */
export function paperScreen(app: App): Screen {
  const content = h('div', { class: 'body', 'aria-busy': 'true' }, say('loading'))
  const trouble = troubleBox()
  let open = false
  let paper: PaperContent | undefined
  const reveal = button(say('paperReveal'), 'reveal', () => void attempt(reveal, trouble, touch))
  const touch = async () => {
    if (!open) await app.prove()
    open = !open
    draw()
  }
  const share = button(say('paperShare'), 'share', () => paper && app.share(paper.document), { primary: true })
  const draw = () => {
    if (!paper) return
    const { words, good } = stateOf(paper, app.now())
    reveal.textContent = open ? say('paperHide') : say('paperReveal')
    share.disabled = !inForce(paper)
    content.removeAttribute('aria-busy')
    content.replaceChildren(
      h('div', { class: good ? 'card flat' : 'card flat not-good', 'data-paper': paper.document, 'data-state': paper.state }, h('span', { class: 'head' }, h('b', {}, t(paper.labels)), h('span', { class: 'state' }, words)), h('small', {}, say('paperFrom', { agency: t(paper.agency.name) })), pictogram(paper.document)),
      app.asOf !== undefined ? h('p', { class: 'note' }, say('asOf', { age: ago(app.asOf, app.now()) })) : '',
      trouble.node,
      claims(say('paperFields'), paper.claims.filter((c) => !c.derived)),
      reveal,
      h('details', {}, h('summary', {}, say('paperDerived')), claims('', paper.claims.filter((c) => c.derived))),
    )
  }
  const claims = (title: string, all: readonly Claim[]) =>
    h(
      'section',
      { class: 'paper' },
      title ? h('h2', {}, title) : '',
      h('dl', {}, ...all.map((c) => h('div', { class: 'claim', 'data-claim': c.id }, h('dt', {}, t(c.labels)), h('dd', {}, open ? (picture(c) ?? t(c.text)) : masked(t(c.text), c.mask))))),
    )
  const load = () =>
    void app.paper().then(
      (found) => {
        paper = found
        draw()
      },
      (e) => content.replaceChildren(...explain(e), again(load)),
    )
  load()
  const refresh = () =>
    void app.paper().then((found) => {
      paper = found
      draw()
    }, () => undefined)
  return { nodes: [bar(app, say('papersTitle'), 'papers'), content, h('div', { class: 'actions' }, share)], refresh }
}

/** The picture that a paper holds; undefined for everything else. The policy of the
 * page lets in pictures that it makes itself, and no address with data in it. */
function picture(claim: Claim): HTMLElement | undefined {
  const found = typeof claim.value === 'string' ? /^data:(image\/(?:png|jpeg));base64,([A-Za-z0-9+/]+=*)$/.exec(claim.value) : null
  if (!found || found[2]!.length % 4 !== 0) return undefined
  const bytes = Uint8Array.from(atob(found[2]!), (c) => c.charCodeAt(0))
  const url = URL.createObjectURL(new Blob([bytes], { type: found[1]! }))
  const forget = () => URL.revokeObjectURL(url)
  return h('img', { class: 'portrait', src: url, alt: t(claim.labels), onload: forget, onerror: forget })
}
