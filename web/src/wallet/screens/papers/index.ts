import type { Paper } from '../../../api/client_gen.js'
import { h } from '../../../shared/dom.js'
import { t } from '../../../shared/lang.js'
import { ago } from '../../../shared/when.js'
import type { App, Screen } from '../../app.js'
import { say } from '../../messages/index.js'
import { inForce, inOrder, stateOf, tellingOf } from '../../model.js'
import { pictogram } from '../../pictograms.js'
import { again, bar, button, explain } from '../../parts.js'

/** The papers in the wallet, each like a document of its own. */
export function papersScreen(app: App): Screen {
  const list = h('ul', { class: 'cards', 'aria-busy': 'true' })
  const note = h('p', { class: 'note', role: 'status' })
  const share = button(say('share'), 'share', () => app.share(), { primary: true })
  const refresh = () => {
    const { papers, asOf } = app
    if (papers) {
      list.replaceChildren(...inOrder(papers.filter((p) => p.state !== 'superseded')).map((p) => h('li', {}, card(app, p))))
      list.removeAttribute('aria-busy')
      share.disabled = !papers.some(inForce)
      note.replaceChildren(...(papers.length ? [] : [h('b', {}, say('papersNone')), ` ${say('papersNoneHelp')}`]))
      if (asOf !== undefined) note.textContent = say('asOf', { age: ago(asOf, app.now()) })
    } else note.replaceChildren(...(app.papersTrouble ? [...explain(app.papersTrouble), again(() => void app.load())] : [say('loading')]))
  }
  refresh()
  return { nodes: [bar(app, say('papersTitle')), h('div', { class: 'body' }, note, list), h('div', { class: 'actions' }, share), app.navigation('papers')], refresh }
}

/** A card: which paper, whether it counts, and nothing that a glance over the
 * shoulder should give away. */
function card(app: App, paper: Paper): HTMLElement {
  const { words, good } = stateOf(paper, app.now())
  // Of two of a kind each has to say which it is.
  const twin = (app.papers ?? []).some((p) => p !== paper && p.document === paper.document && p.state !== 'superseded')
  return h(
    'button',
    { type: 'button', class: good ? 'card' : 'card not-good', 'data-paper': paper.document, 'data-state': paper.state, onclick: () => app.open(paper.id) },
    h('span', { class: 'head' }, h('b', {}, t(paper.labels)), h('span', { class: 'state' }, words)),
    twin ? h('small', { 'data-telling': '' }, tellingOf(app.known(paper.id))) : '',
    h('small', {}, t(paper.agency.name)),
    pictogram(paper.document),
  )
}
