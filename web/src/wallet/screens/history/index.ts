import type { HistoryEntry, ReportKind } from '../../../api/client_gen.js'
import { h } from '../../../shared/dom.js'
import { t } from '../../../shared/lang.js'
import { dayAndTime, listed } from '../../../shared/when.js'
import type { App, Screen } from '../../app.js'
import { say } from '../../messages/index.js'
import { names } from '../../model.js'
import { again, attempt, bar, button, explain, troubleBox } from '../../parts.js'

/** Entries that are asked for at a time, and how many of a filter are shown before
 * somebody asks for more. */
const PAGE = 50
const SHOWN = 30
const NOTE_LENGTH = 500

/** What was shown, when, for what and to whom, newest first. */
export function historyScreen(app: App): Screen {
  const list = h('ul', { class: 'log', 'aria-busy': 'true' })
  const note = h('p', { class: 'note', role: 'status' }, say('loading'))
  const trouble = troubleBox()
  const filter = h(
    'select',
    { 'data-filter': '', 'aria-label': say('historyFilter'), onchange: () => void start() },
    h('option', { value: '' }, say('historyAll')),
    ...(app.catalog?.documents ?? []).map((d) => h('option', { value: d.id }, t(d.labels))),
  )
  const entries: HistoryEntry[] = []
  let next: string | undefined
  let wanted = SHOWN
  let loading: Promise<void> | undefined
  let begun = false
  const more = button(say('historyMore'), 'more', () => {
    wanted += SHOWN
    void start()
  })
  more.hidden = true
  const matching = () => entries.filter((e) => !filter.value || e.documents.some((d) => d.document === filter.value))
  const draw = () => {
    const found = matching()
    list.replaceChildren(...found.slice(0, wanted).map((e) => row(app, e)))
    note.textContent = found.length ? '' : say(entries.length ? 'historyNoneOf' : 'historyNone')
    more.hidden = found.length <= wanted && next === undefined
  }
  /** Loads until there is enough of what the filter lets through, or no more. */
  const load = async () => {
    list.setAttribute('aria-busy', 'true')
    try {
      while (!begun || (next !== undefined && matching().length < wanted)) {
        const page = await app.client.listHistory({ query: { limit: PAGE, ...(next !== undefined && { cursor: next }) } })
        begun = true
        entries.push(...page.entries)
        next = page.next
      }
      draw()
    } catch (e) {
      note.replaceChildren(...explain(e), again(() => void start()))
    } finally {
      list.removeAttribute('aria-busy')
    }
  }
  const start = async () => {
    // One after the other: a page that is asked for twice would be listed twice.
    while (loading) await loading
    loading = load()
    await loading
    loading = undefined
  }
  const save: HTMLButtonElement = button(say('historySave'), 'save', () => void attempt(save, trouble, async () => {
    const file = await app.client.exportHistory()
    offer(new Blob([JSON.stringify(file)], { type: 'application/json' }), 'giayto-history.json')
  }))
  void start()
  return {
    nodes: [
      bar(app, say('historyTitle')),
      h(
        'div',
        { class: 'body' },
        h('p', { class: 'print-only' }, say('historyPrinted', { when: dayAndTime(app.now()) })),
        h('div', { class: 'row screen-only' }, filter, save, button(say('historyPrint'), 'print', () => print())),
        trouble.node,
        note,
        list,
        more,
      ),
      app.navigation('history'),
    ],
  }
}

/** Has the browser keep a file where it keeps what was downloaded. */
function offer(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  h('a', { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

function row(app: App, e: HistoryEntry): HTMLElement {
  const claims = e.documents.flatMap((d) => d.claims.map((c) => `${d.document}/${c}`))
  const shown = e.outcome === 'shared'
  const reported = h('p', { class: 'help', 'data-reported': '', hidden: true })
  const ask = button(say('historyReport'), 'report', () => ask.replaceWith(form(app, e, told)))
  const told = (kind: ReportKind, at: string) => {
    reported.textContent = say(kind === 'not_me' ? 'historyReportedNotMe' : 'historyReportedWrong', { when: dayAndTime(Date.parse(at)) })
    reported.hidden = false
    if (kind === 'not_me') reported.append(h('span', { class: 'line screen-only' }, say('historyNotMeNext'), ' ', button(say('navSafety'), 'to-safety', () => app.go('safety'))))
  }
  if (e.report) told(e.report.kind, e.report.at)
  return h(
    'li',
    { 'data-entry': e.outcome },
    h(
      'div',
      { class: 'entry' },
      h('b', {}, shown ? say('historyShared') : say('historyRefused'), !shown && e.code !== undefined && h('code', {}, e.code)),
      h('small', {}, [dayAndTime(Date.parse(e.at)), purposeOf(app, e)].filter(Boolean).join(' · ')),
      h('small', {}, e.audience ? say('historyWho', { audience: e.audience }) : say('historyAnyone'), e.device !== app.session?.device ? ` · ${say('historyDevice')}` : ''),
      h('span', { class: 'values' }, app.catalog ? listed(names(app.catalog, claims)) : claims.join(', ')),
      reported,
      e.report ? '' : h('div', { class: 'row screen-only' }, ask),
    ),
  )
}

/** What it was for: in the language of the page where it was a situation of the
 * catalogue, otherwise in the words of whoever asked. */
function purposeOf(app: App, e: HistoryEntry): string {
  const id = e.documents.find((d) => d.preset)?.preset
  const preset = app.catalog?.presets.find((p) => p.id === id)
  return preset ? t(preset.purpose) : (e.purpose ?? '')
}

/** Asks what is wrong with an entry, and tells the agencies concerned. */
function form(app: App, e: HistoryEntry, told: (kind: ReportKind, at: string) => void): HTMLElement {
  const trouble = troubleBox()
  const choice = (kind: ReportKind, label: string) => h('label', { class: 'choice-line' }, h('input', { type: 'radio', name: `kind-${e.id}`, value: kind }), h('span', {}, label))
  const words = h('textarea', { maxlength: NOTE_LENGTH, rows: 3, 'aria-label': say('historyReportNote') })
  const send: HTMLButtonElement = button(say('historyReportSend'), 'report-send', () => void attempt(send, trouble, async () => {
    const kind = place.querySelector<HTMLInputElement>('input[type="radio"]:checked')?.value as ReportKind | undefined
    if (!kind) {
      trouble.say(say('historyReportChoose'))
      return
    }
    const text = words.value.trim().normalize('NFC')
    const kept = await app.client.reportEntry({ id: e.id, body: { kind, ...(text && { note: text }) } })
    told(kept.kind, kept.at)
    place.remove()
  }))
  const place = h(
    'div',
    { class: 'report' },
    h('fieldset', {}, h('legend', {}, say('historyReportWhat')), choice('not_me', say('historyReportNotMe')), choice('wrong', say('historyReportWrong'))),
    h('label', { class: 'field' }, h('span', {}, say('historyReportNote')), words),
    h('p', { class: 'help' }, say('historyReportWho')),
    trouble.node,
    send,
  )
  queueMicrotask(() => place.querySelector<HTMLElement>('input')?.focus())
  return place
}
