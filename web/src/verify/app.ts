import { verdicts } from '@giayto/verifier'
import { h } from '../shared/dom.js'
import { language, setLanguage, t } from '../shared/lang.js'
import type { Store } from '../shared/store.js'
import type { Updates } from '../shared/updates.js'
import { createScanner, ScannerFault, type Scanner } from '../scan/scanner.js'
import { check, type Outcome } from './check.js'
import { classify } from './classify.js'
import { aged, dropValues, lineOf, prune, type Line } from './journal.js'
import type { Keys } from './keys.js'
import { findSector, type Sector } from './sectors.js'
import { changeSettings, readSettings, type Settings } from './settings.js'
import { CodesInSight } from './sight.js'
import { Signals } from './signal.js'
import { logScreen } from './screens/log.js'
import { pasteScreen } from './screens/paste.js'
import { purposeScreen } from './screens/purpose.js'
import { resultScreen } from './screens/result.js'
import { ScanScreen } from './screens/scan.js'
import { settingsScreen } from './screens/settings.js'
import words from './words.js'

export type ScreenName = 'purpose' | 'scan' | 'result' | 'settings' | 'log' | 'paste'

/** A screen: what it shows, and how it takes up what has changed around it without
 * disturbing what somebody does there. */
export interface Screen {
  readonly nodes: readonly HTMLElement[]
  readonly refresh?: () => void
}

/** What the page is made of, from outside. */
export interface Parts {
  readonly root: HTMLElement
  readonly store: Store<Line>
  readonly keys: Keys
  readonly settings: Settings
  /** The host of the deployment that vouches. */
  readonly host: string
  readonly build: string
  readonly reader: { readonly workerUrl: TrustedScriptURL | string; readonly wasmUrl: string }
  readonly now: () => number
}

/** The newest moment that anything signed has shown, under this name. */
const SIGNED = 'newest-signed'
/** A clock further behind what was signed than this is not fit to tell what is too
 * old to be kept. */
const CLOCK_MS = 3600_000
/** Without word from a server a clock is believed for this long after the newest
 * thing that was signed: about as long as a list of keys lasts. */
const UNCONFIRMED_MS = 40 * 86400_000
/** The list is asked for again when it was heard of longer ago than this. */
const RENEW_AFTER = 5 * 60_000
const RENEW_EVERY = 15 * 60_000
/** A result leaves the screen by itself, so that nobody reads it later. */
const RESULT_MS = 5 * 60_000
const TIDY_EVERY = 3600_000

/** The page: which screen shows, and what happens between them. */
export class App {
  settings: Settings
  screen: ScreenName = 'purpose'
  outcome: Outcome | undefined
  /** A newer version of the page waits. */
  updates: Updates | undefined
  updateWaits = false
  /** The device has all that the page needs without a network. */
  offlineReady = false
  /** The browser's offer to add the page to the home screen. */
  install: (() => void) | undefined
  private newestSigned = 0
  private checking = false
  private readonly sight = new CodesInSight()
  private readonly signals = new Signals(() => this.settings.sound)
  private readonly scanner: Scanner
  private readonly scan: ScanScreen
  private readonly view = h('div', { class: 'view', hidden: true })
  /** Reads the verdict to those who listen; it is there before there is one. */
  private readonly voice = h('p', { class: 'voice', role: 'status' })
  private current: Screen | undefined
  private leaveResult: ReturnType<typeof setTimeout> | undefined
  /** Raised by each change of the screen: what was begun before is not wanted. */
  private turn = 0
  private readonly pageHistory = new BackButton(() => this.show(this.base()))

  constructor(readonly parts: Parts) {
    this.settings = parts.settings
    setLanguage(parts.settings.language)
    this.scanner = createScanner({ frame: (texts, frameAt) => this.look(texts, frameAt), ended: (fault) => this.scan.trouble(fault) }, parts.reader)
    this.scan = new ScanScreen(this, this.scanner)
    parts.root.replaceChildren(this.scan.element, this.view, this.voice)
  }

  get store(): Store<Line> {
    return this.parts.store
  }

  /** The device has begun or stopped to keep things. */
  async storeChanged(): Promise<void> {
    if (this.store.lasting()) this.settings = await readSettings(this.values)
    this.refresh()
  }

  /** The part of the store that has nothing to do with the log. */
  private get values(): Store<never> {
    return this.store as Store<never>
  }

  get keys(): Keys {
    return this.parts.keys
  }

  now(): number {
    return this.parts.now()
  }

  sector(): Sector | undefined {
    return findSector(this.settings.sector)
  }

  /** The screen that everything returns to. */
  base(): 'scan' | 'purpose' {
    return this.sector() ? 'scan' : 'purpose'
  }

  /** Shows the first screen and begins what runs beside the screens. */
  async start(): Promise<void> {
    await this.noteSigned(this.keys.state().info?.issuedAt.getTime() ?? 0)
    this.show(this.base())
    addEventListener('online', () => void this.renewIfOld())
    addEventListener('offline', () => this.refresh())
    document.addEventListener('visibilitychange', () => void (document.visibilityState === 'visible' ? this.seenAgain() : this.unseen()))
    // A page that comes back from the browser's history would show an old result.
    addEventListener('pagehide', () => this.screen === 'result' && this.view.replaceChildren())
    addEventListener('pageshow', (event: PageTransitionEvent) => event.persisted && location.reload())
    setInterval(() => void this.renewIfOld(), RENEW_EVERY)
    setInterval(() => void this.tidy(), TIDY_EVERY)
    void this.renewIfOld().then(() => this.tidy())
  }

  /** Deletes what has been kept long enough, by the server's clock where it is known:
   * a clock that was set wrong must not cost anybody the log. */
  private async tidy(): Promise<void> {
    const { serverAhead } = this.keys.state()
    const now = this.now() + (serverAhead ?? 0)
    if (now < this.newestSigned - CLOCK_MS) return
    // Nobody has confirmed a clock that is far ahead of everything that was signed.
    if (serverAhead === undefined && now > this.newestSigned + UNCONFIRMED_MS) return
    await prune(this.store, now)
    await this.store.forgetEnded(now)
  }

  /** Goes to a screen. */
  show(name: ScreenName): void {
    clearTimeout(this.leaveResult)
    this.turn++
    if (name !== 'result') this.outcome = undefined
    this.voice.textContent = ''
    if (name !== 'scan') this.scan.leave(name === 'result' || name === 'paste')
    this.screen = name
    document.documentElement.dataset['screen'] = name
    if (name !== this.base()) this.pageHistory.away()
    this.draw()
    scrollTo(0, 0)
    if (name === 'scan') this.scan.enter(this.settings.camera)
    if (name === 'purpose') this.applyUpdate()
    this.parts.root.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
  }

  /** Shows on the present screen what has changed around it. */
  refresh(): void {
    if (this.screen === 'scan') this.scan.refresh()
    else this.current?.refresh?.()
  }

  private draw(): void {
    document.title = `${t(words.title)} · Giayto`
    const scanning = this.screen === 'scan'
    this.scan.element.hidden = !scanning
    this.view.hidden = scanning
    this.current = undefined
    if (this.screen === 'scan') {
      this.view.replaceChildren()
      this.scan.draw()
      return
    }
    this.scan.clear()
    const screens = { purpose: purposeScreen, result: resultScreen, settings: settingsScreen, log: logScreen, paste: pasteScreen }
    this.current = screens[this.screen](this)
    this.view.replaceChildren(...this.current.nodes)
  }

  /** Draws the settings anew where a switch brings others, and keeps the place. */
  redraw(focus: string): void {
    this.draw()
    this.view.querySelector<HTMLElement>(focus)?.focus({ preventScroll: true })
  }

  /** Changes settings and keeps them. */
  async set(change: Partial<Settings>): Promise<void> {
    this.settings = { ...this.settings, ...change }
    await changeSettings(this.values, change)
  }

  toggleLanguage(): void {
    const next = language() === 'vi' ? 'en' : 'vi'
    void this.set({ language: next })
    setLanguage(next)
    this.draw()
    if (this.outcome) this.say(this.outcome)
    this.parts.root.querySelector<HTMLElement>('[data-action="language"]')?.focus({ preventScroll: true })
  }

  choose(sector: Sector): void {
    if (sector.id !== this.settings.sector) {
      void this.set({ sector: sector.id, logValues: false })
      void dropValues(this.store)
    }
    this.show('scan')
  }

  /** Looks at what one frame of the camera holds. */
  private look(texts: readonly string[], frameAt: number): void {
    if (this.screen !== 'scan' || this.checking) return
    const sight = this.sight.look(texts, frameAt)
    if (!sight) return
    if ('judge' in sight) void this.judge(sight.judge, frameAt)
    else this.scan.hint(sight.hint === 'several' ? words.several : words.justChecked)
  }

  /** Checks a text and shows the result. frameAt is when the picture was taken, in
   * the time of performance.now(). */
  async judge(text: string, frameAt?: number): Promise<void> {
    const sector = this.sector()
    if (!sector || this.checking) return
    const turn = this.turn
    this.checking = true
    this.scanner.pause()
    let outcome: Outcome
    try {
      const circumstances = { sector, heardAt: this.keys.state().heardAt, audience: this.settings.audience, newestSigned: this.newestSigned, now: this.now() }
      outcome = await check(this.keys.verifier, text, circumstances)
    } finally {
      this.checking = false
    }
    const { answer } = outcome
    this.sight.checked(text, answer.verdict === 'established' || answer.reason === 'replayed')
    // Who has gone elsewhere meanwhile is not pulled back; the log has it.
    if (turn === this.turn) {
      this.outcome = outcome
      this.show('result')
      this.measure(frameAt)
      this.say(outcome)
      this.signals.give(answer.verdict, this.settings.sound, this.settings.vibration)
      this.leaveResult = setTimeout(() => this.show('scan'), RESULT_MS)
    }
    await this.remember(outcome)
  }

  private say({ answer }: Outcome): void {
    this.voice.textContent = t(verdicts[answer.verdict]) + (answer.verdict === 'established' ? '' : `. ${t(answer.why)}`)
  }

  private async remember(outcome: Outcome): Promise<void> {
    await this.noteSigned(outcome.newestSigned)
    // Another window may have turned the log off.
    const { log, logValues } = await readSettings(this.values)
    if (log) await this.store.append(lineOf(outcome.answer, outcome.sector, outcome.at, logValues))
  }

  private async noteSigned(moment: number): Promise<void> {
    const newest = await this.store.update(SIGNED, (kept) => Math.max(typeof kept === 'number' ? kept : 0, moment))
    this.newestSigned = newest as number
  }

  /** Writes at the verdict how long it took from the frame to the screen. */
  private measure(frameAt: number | undefined): void {
    if (frameAt === undefined) return
    const verdict = this.view.querySelector<HTMLElement>('[data-verdict]')
    requestAnimationFrame(() => {
      const channel = new MessageChannel() // answers after the frame has been painted
      channel.port1.onmessage = () => {
        if (verdict) verdict.dataset['latency'] = String(Math.round(performance.now() - frameAt))
        channel.port1.close()
      }
      channel.port2.postMessage(undefined)
    })
  }

  /** Reads a picture and checks the code in it; tells what is wrong with it
   * otherwise. Somebody who goes on meanwhile no longer wants it. */
  async judgeImage(file: Blob): Promise<void> {
    const turn = this.turn
    this.scan.hint(words.readingImage)
    let texts: readonly string[]
    try {
      texts = await this.scanner.readImage(file)
    } catch (e) {
      const fault = e instanceof ScannerFault ? e.fault : 'failed'
      if (turn === this.turn) this.scan.hint(fault === 'too_large' ? words.imageTooLarge : fault === 'not_an_image' ? words.badImage : words.noReader)
      return
    }
    if (turn !== this.turn) return
    const ours = [...new Set(texts.filter((text) => classify(text) === 'giayto'))]
    const text = ours[0] ?? texts[0]
    if (ours.length > 1) this.scan.hint(words.several)
    else if (text === undefined) this.scan.hint(words.noCodeInImage)
    else await this.judge(text)
  }

  /** Asks the server for its newest list unless that was done a moment ago. */
  async renewIfOld(): Promise<void> {
    const { heardAt, serverAhead } = this.keys.state()
    if (serverAhead !== undefined && this.now() - heardAt < RENEW_AFTER) return
    await this.keys.renew()
    this.refresh()
  }

  /** Somebody looks at the page again. */
  private async seenAgain(): Promise<void> {
    if (this.outcome && Math.abs(this.now() - this.outcome.at) > RESULT_MS) this.show('scan')
    if (this.screen === 'scan') this.scan.keepAwake()
    const before = this.settings
    const found = await readSettings(this.values) // another window may have changed them
    if (this.settings === before) this.settings = found
    await this.renewIfOld()
    this.refresh()
  }

  /** Nobody looks at the page: the moment to go over to a newer version, unless
   * somebody comes back to a result or to what was begun, such as a choice of a file. */
  private unseen(): void {
    const busy = document.activeElement?.matches('input, textarea, select')
    if (this.screen !== 'result' && this.screen !== 'paste' && !busy) this.applyUpdate()
  }

  /** A newer version of the page waits. It takes over at once only where nothing
   * on the screen would be lost. */
  updateIsReady(): void {
    this.updateWaits = true
    if (this.screen === 'purpose') this.applyUpdate()
    else this.refresh()
  }

  /** Goes over to a newer version of the page, which loads it again. */
  applyUpdate(): void {
    if (this.updateWaits) this.updates?.activate()
  }

  /** Looks for a newer version of the page and loads it. */
  async newestPage(): Promise<void> {
    if (!this.updateWaits && !(await this.updates?.look())) location.reload()
    else this.applyUpdate()
  }

  /** The log as it may still be shown, newest first. */
  async log(): Promise<Line[]> {
    const lines = (await this.store.entries()).map((line) => aged(line, this.now()))
    return lines.filter((line) => line !== undefined).reverse()
  }

  /** Forgets everything that this device keeps, and begins anew. Reports a failure. */
  async forget(): Promise<boolean> {
    const gone = await this.store.clear()
    if (gone) location.reload()
    return gone
  }
}

/** Makes the back button of a phone return to the base screen instead of leaving
 * the page. One entry of the history stands for all that lies above the base. */
class BackButton {
  private isAway = false

  constructor(goBack: () => void) {
    addEventListener('popstate', () => {
      this.isAway = false
      goBack()
    })
  }

  away(): void {
    if (this.isAway) return
    this.isAway = true
    history.pushState(null, '')
  }
}
