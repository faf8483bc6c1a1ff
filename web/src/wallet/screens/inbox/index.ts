import type { Notice } from '../../../api/client_gen.js'
import { h } from '../../../shared/dom.js'
import { t } from '../../../shared/lang.js'
import { dayAndTime } from '../../../shared/when.js'
import type { App, Screen } from '../../app.js'
import { say, type Message } from '../../messages/index.js'
import { again, bar, button, explain } from '../../parts.js'

const PAGE = 50

/** What has happened to the wallet; what comes while it is open appears by itself. */
export function inboxScreen(app: App): Screen {
  const list = h('ul', { class: 'log', 'aria-busy': 'true' })
  const note = h('p', { class: 'note', role: 'status' }, say('loading'))
  /** The number of the oldest notice that is listed. */
  let oldest = 0
  const more = button(say('historyMore'), 'more', () => void older())
  more.hidden = true
  const older = async () => {
    try {
      const page = await app.client.listNotices({ query: { limit: PAGE, before: oldest } })
      list.append(...page.notices.map((n) => row(app, n)))
      oldest = page.notices.at(-1)?.number ?? oldest
      more.hidden = !page.more
    } catch (e) {
      note.replaceChildren(...explain(e))
    }
  }
  const load = async () => {
    try {
      const page = await app.client.listNotices({ query: { limit: PAGE } })
      oldest = page.notices.at(-1)?.number ?? 0
      more.hidden = !page.more
      list.replaceChildren(...page.notices.map((n) => row(app, n)))
      note.textContent = page.notices.length ? say('inboxLive') : say('inboxNone')
      const newest = page.notices[0]
      if (newest && page.unread > 0) app.setUnread((await app.client.readNotices({ body: { up_to: newest.number } })).unread)
    } catch (e) {
      note.replaceChildren(...explain(e), again(() => void load()))
    } finally {
      list.removeAttribute('aria-busy')
    }
  }
  void load()
  return { nodes: [bar(app, say('inboxTitle')), h('div', { class: 'body' }, note, list, more), app.navigation('inbox')], refresh: () => void load() }
}

/** The sentence for each kind of news. */
const sentences: Readonly<Record<string, Message>> = {
  'credential.issued': 'newsIssued',
  'credential.ended': 'newsEnded',
  'credential.suspended': 'newsSuspended',
  'credential.restored': 'newsRestored',
  'credential.withheld': 'newsWithheld',
  'credential.revoked': 'newsRevoked',
  'credential.expiring': 'newsExpiring',
  'presentation.minted': 'newsMinted',
  'presentation.reported': 'newsReported',
  'wallet.locked': 'newsLocked',
  'wallet.unlocked': 'newsUnlocked',
  'device.enrolled': 'newsDevice',
  'device.frozen': 'newsFrozen',
  'device.unfrozen': 'newsUnfrozen',
  'device.removed': 'newsDeviceGone',
  'device.lost': 'newsDeviceGone',
  'passkey.registered': 'newsPasskey',
  'passkey.removed': 'newsPasskeyGone',
  'passkey.cloned': 'newsCloned',
  'recovery.issued': 'newsRecovery',
  'recovery.used': 'newsRecoveryUsed',
  'session.ended': 'newsSession',
  'session.reused': 'newsReused',
  'access.refused': 'newsRefused',
}

function row(app: App, n: Notice): HTMLElement {
  const paper = app.catalog?.documents.find((d) => d.id === n.document)
  const message = sentences[n.kind]
  return h('li', { 'data-notice': n.kind, 'data-unread': n.read ? undefined : '' }, h('div', {}, h('b', {}, message ? say(message, { paper: paper ? t(paper.labels) : '' }) : n.kind), h('small', {}, dayAndTime(Date.parse(n.at)))))
}
