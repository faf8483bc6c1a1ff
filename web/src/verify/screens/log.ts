import { verdicts, type Verdict } from '@giayto/verifier'
import { h } from '../../shared/dom.js'
import { icon } from '../../shared/icons.js'
import { fill, t } from '../../shared/lang.js'
import { day, dayAndTime } from '../../shared/when.js'
import type { App, Screen } from '../app.js'
import { dropAll, type Line } from '../journal.js'
import { findSector } from '../sectors.js'
import words from '../words.js'
import { claimNames } from './claims.js'
import { bar, button, sectorName } from './parts.js'

/** What was checked on this device, newest first. */
export function logScreen(app: App): Screen {
  const list = h('ul', { class: 'log', 'aria-busy': 'true' })
  const empty = h('p', { class: 'intro', hidden: true }, t(app.settings.log ? words.logEmpty : words.logEmptyOff))
  const said = h('p', { class: 'error', role: 'status' })
  const show = async () => {
    const lines = await app.log()
    list.replaceChildren(...lines.map(row))
    list.removeAttribute('aria-busy')
    empty.hidden = lines.length > 0
    clear.hidden = lines.length === 0
  }
  const drop = async () => {
    said.textContent = (await dropAll(app.store)) ? '' : t(words.notDeleted)
    await show()
  }
  const clear = button(words.clearLog, 'clear-log', () => void drop())
  clear.hidden = true
  void show()
  return { nodes: [bar(app, words.logTitle, { back: 'settings' }), h('div', { class: 'body' }, empty, list, said), h('div', { class: 'actions' }, clear)] }
}

function row(line: Line): HTMLElement {
  const sector = findSector(line.sector)
  return h(
    'li',
    { 'data-entry': line.verdict },
    h('span', { class: `mark ${line.verdict}` }, icon(line.verdict as Verdict, 28)),
    h(
      'div',
      {},
      h('b', {}, verdicts[line.verdict as Verdict] ? t(verdicts[line.verdict as Verdict]) : line.verdict, line.reason !== undefined && h('code', {}, line.reason)),
      h('small', {}, [dayAndTime(line.at), sector && sectorName(sector)].filter(Boolean).join(' · ')),
      line.claims.length > 0 && h('small', {}, claimNames(line.claims)),
      line.values && h('small', { class: 'values' }, line.values.map((v) => v.text).join(' · ')),
      line.valuesUntil !== undefined && h('small', { class: 'asks' }, fill(words.valuesUntil, { day: day(line.valuesUntil) })),
    ),
  )
}
