import type { HistoryEntry } from '../../../api/client_gen.js'
import { h } from '../../../shared/dom.js'
import { t } from '../../../shared/lang.js'
import { dayAndTime, listed } from '../../../shared/when.js'
import type { App, Screen } from '../../app.js'
import { say } from '../../messages/index.js'
import { names } from '../../model.js'
import { again, bar, button, explain } from '../../parts.js'

const PAGE = 30

/** What was shown, when, for what and to whom, newest first. */
export function historyScreen(app: App): Screen {
  const list = h('ul', { class: 'log', 'aria-busy': 'true' })
  const note = h('p', { class: 'note', role: 'status' }, say('loading'))
  const filter = h(
    'select',
    { 'data-filter': '', 'aria-label': say('historyTitle'), onchange: () => draw() },
    h('option', { value: '' }, say('historyAll')),
    ...(app.catalog?.documents ?? []).map((d) => h('option', { value: d.id }, t(d.labels))),
  )
  const entries: HistoryEntry[] = []
  let next: string | undefined
  const more = button(say('historyMore'), 'more', () => void load())
  const draw = () => {
    const shown = entries.filter((e) => !filter.value || e.documents.some((d) => d.document === filter.value))
    list.replaceChildren(...shown.map((e) => row(app, e)))
    note.textContent = shown.length ? '' : say('historyNone')
    more.hidden = !next
  }
  const load = async () => {
    more.disabled = true
    try {
      const page = await app.client.listHistory({ query: { limit: PAGE, ...(next !== undefined && { cursor: next }) } })
      entries.push(...page.entries)
      next = page.next
      draw()
    } catch (e) {
      note.replaceChildren(...explain(e), again(() => void load()))
    } finally {
      more.disabled = false
      list.removeAttribute('aria-busy')
    }
  }
  more.hidden = true
  void load()
  return {
    nodes: [
      bar(app, say('historyTitle')),
      h('div', { class: 'body' }, h('div', { class: 'row screen-only' }, filter, button(say('historyPrint'), 'print', () => print())), note, list, more),
      app.navigation('history'),
    ],
  }
}

function row(app: App, e: HistoryEntry): HTMLElement {
  const claims = e.documents.flatMap((d) => d.claims.map((c) => `${d.document}/${c}`))
  const shown = e.outcome === 'shared'
  return h(
    'li',
    { 'data-entry': e.outcome },
    h(
      'div',
      {},
      h('b', {}, shown ? say('historyShared') : say('historyRefused'), !shown && e.code !== undefined && h('code', {}, e.code)),
      h('small', {}, [dayAndTime(Date.parse(e.at)), e.purpose].filter(Boolean).join(' · ')),
      h('small', {}, e.audience ? say('historyWho', { audience: e.audience }) : say('historyAnyone'), e.device !== app.session?.device ? ` · ${say('historyDevice')}` : ''),
      h('span', { class: 'values' }, app.catalog ? listed(names(app.catalog, claims)) : claims.join(', ')),
    ),
  )
}
