import { verdicts, type EstablishedDocument, type Reason, type Refused, type Text, type TrustListInfo } from '@giayto/verifier'
import { h, type Child } from '../../shared/dom.js'
import { icon } from '../../shared/icons.js'
import { fill, t } from '../../shared/lang.js'
import { ago, clock, day, dayAndTime, span } from '../../shared/when.js'
import type { App, Screen } from '../app.js'
import type { Outcome } from '../check.js'
import words, { shortly, strangers } from '../words.js'
import { claimNames, findClaim } from './claims.js'
import { bar, box, button, fact, sectorName } from './parts.js'

/** Reasons that a newer list of keys, or a newer page, may mend. */
const staleKeys: readonly Reason[] = ['trust_list_too_old', 'trust_list_missing', 'unknown_key', 'key_not_valid', 'status_unknown']
const stalePage: readonly Reason[] = ['unsupported_version', 'catalog_outdated']
/** Reasons that a wrong clock of this device can bring about. */
const clockReasons: readonly Reason[] = ['expired', 'lifetime_too_long', 'not_yet_valid', 'key_not_valid', 'clock_suspect']

/** Shows what a code establishes, or why it does not. */
export function resultScreen(app: App): Screen {
  const outcome = app.outcome
  if (!outcome) return { nodes: [bar(app, words.resultTitle, { back: 'scan' })] }
  const { answer } = outcome
  const nodes = [
    bar(app, words.resultTitle, { back: 'scan', pill: true }),
    h(
      'div',
      { class: 'body result' },
      verdict(app, outcome),
      h('div', { class: 'found' }, ...(answer.verdict === 'established' ? established(outcome) : refused(app, outcome, answer))),
      h('dl', { class: 'facts-list' }, ...facts(app, outcome)),
    ),
    h('div', { class: 'actions' }, ...actions(app, outcome)),
  ]
  return { nodes }
}

function verdict(app: App, outcome: Outcome): HTMLElement {
  const { answer, at } = outcome
  const line = h('span', answer.verdict === 'established' ? { 'data-countdown': '' } : {})
  const panel = h(
    'div',
    { class: `verdict ${answer.verdict}`, 'data-verdict': answer.verdict },
    icon(answer.verdict, 52),
    h('p', {}, h('b', {}, t(verdicts[answer.verdict])), line),
  )
  if (answer.verdict === 'established') countDown(app, panel, line, answer.expiresAt.getTime(), at)
  else line.textContent = underline(answer, at)
  return panel
}

/** Tells each second how long the code still counts, as long as it is shown. A
 * result whose code has ended looks like a thing of the past. */
function countDown(app: App, panel: HTMLElement, line: HTMLElement, until: number, at: number): void {
  const tick = () => {
    const left = until - app.now()
    line.textContent = left > 0 ? fill(words.genuine, { n: Math.ceil(left / 1000) }) : fill(words.genuineEnded, { clock: clock(at) })
    panel.classList.toggle('ended', left <= 0)
    return left > 0
  }
  if (!tick()) return
  const timer = setInterval(() => {
    if (!line.isConnected || !tick()) clearInterval(timer)
  }, 1000)
}

/** The line under a verdict that is not established. */
function underline(answer: Refused, at: number): string {
  const text = shortly[answer.reason]
  if (!text) return ''
  const since = answer.reason === 'trust_list_too_old' ? (answer.trustList?.ageSeconds ?? 0) * 1000 : at - (answer.expiresAt?.getTime() ?? at)
  return fill(text, { span: span(since) })
}

function established({ answer, documents, hidden, sector }: Outcome): Child[] {
  const face = sector.preset?.faceCheck ?? true
  return [
    box({ class: 'box notice', 'data-portrait': '' }, icon('face', 28), h('span', {}, t(face ? words.face : words.personUnknown))),
    ...documents.map(paper),
    hidden > 0 && box({ class: 'box quiet', 'data-hidden': String(hidden) }, fill(words.hidden, { n: hidden })),
    answer.verdict === 'established' && answer.audience !== '' && box({}, `${t(words.madeFor)}: ${answer.audience}`),
  ]
}

function paper(document: EstablishedDocument): HTMLElement {
  return h(
    'section',
    { class: 'paper', 'data-document': document.document },
    h('h2', {}, t(document.label)),
    h('dl', {}, ...document.claims.map((claim) => field(document.document, claim))),
  )
}

function field(document: string, claim: EstablishedDocument['claims'][number]): HTMLElement {
  const id = `${document}/${claim.id}`
  return h('div', { class: 'claim', 'data-claim': id }, h('dt', {}, t(claim.label)), h('dd', {}, ...lines(id, t(claim.text))))
}

/** A value; the records of a list, such as the classes of a licence, each on a
 * line of its own. Each begins with the label of its first member. */
function lines(id: string, text: string): Child[] {
  const first = findClaim(id)?.item?.members?.[0]
  if (!first) return [text]
  const begin = `${t(first.labels)}: `
  return text.split(`; ${begin}`).map((record, i) => h('span', { class: 'line record' }, i ? begin + record : record))
}

function refused(app: App, outcome: Outcome, answer: Refused): Child[] {
  const { why, do: advice } = sentences(outcome, answer)
  const missing = answer.missing?.length ? fill(answer.reason === 'claim_missing' ? words.missing : words.notMet, { claims: claimNames(answer.missing) }) : ''
  return [
    box({ 'data-why': '', ...(outcome.kind !== 'giayto' && { 'data-kind': outcome.kind }) }, h('b', {}, t(words.why)), ` ${t(why)}`, missing && h('p', {}, missing), older(app, outcome, answer)),
    box({ 'data-do': '' }, h('b', {}, t(words.what)), ` ${t(advice)}`, clockReasons.includes(answer.reason) && h('p', {}, fill(words.clockHint, { clock: clock(outcome.at) }))),
  ]
}

function sentences({ kind }: Outcome, answer: Refused): { readonly why: Text; readonly do: Text } {
  return answer.reason === 'not_giayto' && kind !== 'giayto' ? strangers[kind] : answer
}

/** Tells whose rule made the data too old, where it was not the list's own. */
function older(app: App, { sector, at }: Outcome, answer: Refused): Child {
  const { heardAt } = app.keys.state()
  if (answer.reason !== 'trust_list_too_old' || sector.tolerance === undefined || at - heardAt <= sector.tolerance) return undefined
  return h('p', {}, fill(words.ageOfData, { age: ago(heardAt, at), limit: span(sector.tolerance) }))
}

/** The small facts at the end: who vouches, how old the data is, and for refusals
 * the code that whoever reports them needs. */
function facts(app: App, { answer, documents, at, sector }: Outcome): HTMLElement[] {
  const rows: HTMLElement[] = []
  if (answer.verdict === 'established') {
    rows.push(
      fact(words.agency, h('span', {}, ...unique(documents.map((d) => t(d.agency))).map((a) => h('span', { class: 'line' }, a))), { 'data-agency': '' }),
      fact(words.voucher, app.parts.host, { 'data-voucher': '' }),
      fact(words.validUntil, clock(answer.expiresAt.getTime()), { 'data-expires': '' }),
    )
  } else {
    rows.push(fact(words.reason, h('code', {}, answer.reason), { 'data-reason': answer.reason }))
    if (answer.expiresAt) rows.push(fact(words.endedAt, clock(answer.expiresAt.getTime())))
  }
  const { info, heardAt } = app.keys.state()
  rows.push(
    fact(words.forWhat, sectorName(sector)),
    fact(words.checkedAt, dayAndTime(at)),
    fact(words.list, listAge(info, heardAt, at), { 'data-list-age': String(heardAt) }),
    fact(words.network, t(navigator.onLine ? words.networkOn : words.networkOff)),
  )
  return rows
}

function listAge(info: TrustListInfo | undefined, heardAt: number, at: number): string {
  if (!info) return t(words.listNone)
  if (at > info.nextUpdate.getTime()) return fill(words.listSigned, { day: day(info.issuedAt.getTime()) })
  return fill(words.listUpdated, { age: ago(heardAt, at) })
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

function actions(app: App, outcome: Outcome): HTMLElement[] {
  const { answer } = outcome
  const scan = () => app.show('scan')
  if (answer.verdict === 'established') return [button(words.next, 'next', scan, { primary: true })]
  if (staleKeys.includes(answer.reason)) return [renewButton(app, outcome), button(words.again, 'next', scan)]
  if (stalePage.includes(answer.reason)) return [button(words.reloadPage, 'reload', () => void app.newestPage(), { primary: true }), button(words.again, 'next', scan)]
  return [button(words.again, 'next', scan, { primary: true })]
}

/** Asks for a newer list and goes on to scan, unless somebody has gone on before. */
function renewButton(app: App, outcome: Outcome): HTMLElement {
  const renew = async () => {
    renewing.setAttribute('disabled', '')
    renewing.textContent = t(words.renewing)
    await app.keys.renew()
    if (app.outcome === outcome) app.show('scan')
  }
  const renewing = button(words.renewAndScan, 'renew', () => void renew(), { primary: true })
  return renewing
}
