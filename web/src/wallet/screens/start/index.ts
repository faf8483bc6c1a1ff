import { h } from '../../../shared/dom.js'
import { createPasskey, usePasskey } from '../../../api/passkey.js'
import type { App, Screen } from '../../app.js'
import { say } from '../../messages/index.js'
import { attempt, bar, button, codeOf, field, troubleBox } from '../../parts.js'

/** The first screen: an activation code, or a passkey that is there already. */
export function startScreen(app: App): Screen {
  const trouble = troubleBox()
  const code = field('activation', say('startCode'), say('startCodeHelp'), { maxlength: 64, inputmode: 'text' })
  code.input.value = app.activation
  code.input.addEventListener('input', () => (app.activation = ''))
  const scan = button(say('startScan'), 'scan', () => app.go('scan'), { icon: 'camera' })
  const begin = button(say('startBegin'), 'begin', () => void attempt(begin, trouble, activate), { primary: true })
  const activate = async () => {
    const typed = code.input.value.trim()
    if (!typed) {
      trouble.say(say('startCodeEmpty'))
      code.input.focus()
      return
    }
    const session = await app.client.signIn({ body: { activation_code: typed, mode: 'cookie', device_name: app.deviceName() } })
    await app.signedIn(session, 'passkey')
  }
  const touch = button(say('startPasskey'), 'sign-in', () => void attempt(touch, trouble, signIn))
  const signIn = async () => {
    const options = await app.client.beginSignIn()
    const credential = await usePasskey(options)
    const session = await app.client.signInPasskey({ body: { credential, mode: 'cookie' } })
    await app.signedIn(session, 'papers')
  }
  return {
    nodes: [
      bar(app, say('startTitle')),
      h('div', { class: 'body' }, app.closed ? h('p', { class: 'box', role: 'status', 'data-closed': '' }, say(app.closed)) : '', h('p', { class: 'intro' }, say('startIntro')), trouble.node, code.node, begin, scan, h('hr'), touch, h('p', { class: 'help' }, say('startPasskeyHelp'))),
      h('div', { class: 'actions' }, button(say('startLost'), 'lost', () => app.go('lost'))),
    ],
  }
}

/** Makes the passkey that opens the wallet from now on. */
export function passkeyScreen(app: App): Screen {
  const trouble = troubleBox()
  const create = button(say('passkeyCreate'), 'create-passkey', () => void attempt(create, trouble, make), { primary: true })
  const make = async () => {
    await addPasskey(app)
    app.go('recovery')
  }
  return {
    nodes: [
      bar(app, say('passkeyTitle')),
      h('div', { class: 'body' }, h('p', { class: 'intro' }, say('passkeyIntro')), trouble.node),
      h('div', { class: 'actions' }, create, button(say('passkeyLater'), 'later', () => app.go('recovery')), h('p', { class: 'help' }, say('passkeyLaterWarning'))),
    ],
  }
}

/** Registers a passkey on this device. */
export async function addPasskey(app: App): Promise<void> {
  await app.fresh(async () => {
    const options = await app.client.beginRegistration()
    const credential = await createPasskey(options)
    await app.client.registerPasskey({ body: { credential, name: app.deviceName() } })
  })
}

/** Shows a recovery code once, and asks for its end. */
export function recoveryScreen(app: App): Screen {
  const trouble = troubleBox()
  const shown = h('output', { class: 'recovery', 'data-recovery': '', 'aria-live': 'polite' }, say('loading'))
  const end = field('recovery-end', say('recoveryConfirm'), '', { maxlength: 4 })
  const done = button(say('recoveryDone'), 'recovery-done', () => {
    const typed = end.input.value.trim().toUpperCase()
    if (!app.recoveryCode || typed !== app.recoveryCode.slice(-4)) {
      trouble.say(say('recoveryWrong'))
      end.input.focus()
      return
    }
    app.recoveryCode = ''
    app.go('papers')
  }, { primary: true })
  const load = async () => {
    try {
      // One that is being written down is not replaced.
      if (!app.recoveryCode) {
        await app.fresh(async () => {
          app.recoveryCode = (await app.client.newRecoveryCode()).recovery_code
        })
      }
      shown.textContent = app.recoveryCode
    } catch (e) {
      shown.textContent = ''
      trouble.tell(e)
      if (codeOf(e)) done.replaceWith(button(say('navPapers'), 'papers', () => app.go('papers'), { primary: true }))
    }
  }
  void load()
  return {
    nodes: [
      bar(app, say('recoveryTitle')),
      h('div', { class: 'body' }, h('p', { class: 'intro' }, say('recoveryIntro')), shown, button(say('recoveryPrint'), 'print', () => print()), end.node, trouble.node),
      h('div', { class: 'actions' }, done),
    ],
  }
}

/** Stops everything with a recovery code, for who has no device left. */
export function lostScreen(app: App): Screen {
  const trouble = troubleBox()
  const code = field('recovery', say('safetyRecovery'), say('safetyLostCodeHelp'), { maxlength: 64 })
  const stop = button(say('safetyStop'), 'stop-all', () => void attempt(stop, trouble, all), { primary: true })
  const all = async () => {
    await app.client.reportLostPhone({ body: { recovery_code: code.input.value.trim() } })
    await app.forget()
    trouble.say(say('safetyStopped'))
    stop.hidden = code.node.hidden = true
  }
  return {
    nodes: [bar(app, say('safetyLost'), app.session ? 'safety' : 'start'), h('div', { class: 'body' }, code.node, trouble.node), h('div', { class: 'actions' }, stop)],
  }
}
