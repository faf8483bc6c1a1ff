import { h } from '../shared/dom.js'
import { language, setLanguage, t } from '../shared/lang.js'
import type { Store } from '../shared/store.js'
import type { Updates } from '../shared/updates.js'
import { createScanner, type Scanner } from '../scan/scanner.js'
import { check, type Outcome } from './check.js'
import { aged, lineOf, prune, type Line } from './journal.js'
import type { Keys } from './keys.js'
import { findSector, type Sector } from './sectors.js'
import { writeSettings, type Settings } from './settings.js'
import { signal } from './signal.js'
import { logScreen } from './screens/log.js'
import { pasteScreen } from './screens/paste.js'
import { purposeScreen } from './screens/purpose.js'
import { resultScreen } from './screens/result.js'
import { ScanScreen } from './screens/scan.js'
import { settingsScreen } from './screens/settings.js'
import { SameCode } from './samecode.js'
import words from './words.js'

export type ScreenName = 'purpose' | 'scan' | 'result' | 'settings' | 'log' | 'paste'

/** What the page is made of, from outside. */
export interface Parts {
  readonly root: HTMLElement
  readonly store: Store<Line>
  readonly keys: Keys
  readonly settings: Settings
  /** The host that gave the page. */
  readonly host: string
  readonly build: string
  readonly reader: { readonly workerUrl: TrustedScriptURL | string; readonly wasmUrl: string }
  readonly now: () => number
}

/** The newest moment that anything signed has shown, under this name. */
const SIGNED = 'newest-signed'
/** The list is asked for again when it was heard of longer ago than this. */
const RENEW_AFTER = 5 * 60_000
const RENEW_EVERY = 15 * 60_000
/** A result leaves the screen by itself, so that nobody reads it later. */
const RESULT_MS = 5 * 60_000
const PRUNE_EVERY = 3600_000

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
  private readonly same = new SameCode()
  private readonly scanner: Scanner
  private readonly scan: ScanScreen
  private readonly view: HTMLElement
  private leaveResult: ReturnType<typeof setTimeout> | undefined

  constructor(readonly parts: Parts) {
    this.settings = parts.settings
    setLanguage(parts.settings.language)
    this.scanner = createScanner(
      {
        text: (text, frameAt) => this.read(text, frameAt),
        nothing: (frameAt) => this.same.nothing(frameAt),
        ended: (fault) => this.scan.trouble(fault),
      },
      parts.reader,
    )
    this.scan = new ScanScreen(this, this.scanner)
    this.view = h('div', { class: 'view', hidden: true })
    parts.root.replaceChildren(this.scan.element, this.view)
  }

  get store(): Store<Line> {
    return this.parts.store
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

  /** Shows the first screen and begins what runs beside the screens. */
  async start(): Promise<void> {
    const signed = await this.store.get(SIGNED)
    this.newestSigned = typeof signed === 'number' ? signed : 0
    this.show(this.sector() ? 'scan' : 'purpose')
    const renew = () => void this.renewIfOld()
    addEventListener('online', renew)
    addEventListener('offline', () => this.refresh())
    document.addEventListener('visibilitychange', () => (document.visibilityState === 'visible' ? renew() : this.unseen()))
    setInterval(renew, RENEW_EVERY)
    setInterval(() => void prune(this.store, this.now()), PRUNE_EVERY)
    renew()
    await prune(this.store, this.now())
  }

  /** Goes to a screen. */
  show(name: ScreenName): void {
    clearTimeout(this.leaveResult)
    if (name !== 'result') this.outcome = undefined
    if (name !== 'scan') this.scan.leave(name === 'result' || name === 'paste')
    this.screen = name
    document.documentElement.dataset['screen'] = name
    this.draw()
    scrollTo(0, 0)
    if (name === 'scan') this.scan.enter(this.settings.camera)
    if (name === 'purpose') this.applyUpdate()
    this.view.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
  }

  /** Draws the present screen anew, after something that it shows has changed. */
  refresh(): void {
    // A result and what somebody is typing stay as they are.
    if (this.screen === 'scan') this.scan.draw()
    else if (this.screen === 'settings') this.draw()
  }

  private draw(): void {
    document.title = `${t(words.title)} · Giayto`
    const scanning = this.screen === 'scan'
    this.scan.element.hidden = !scanning
    this.view.hidden = scanning
    if (scanning) {
      this.scan.draw()
      this.view.replaceChildren()
      return
    }
    this.scan.clear()
    const screens = { purpose: purposeScreen, result: resultScreen, settings: settingsScreen, log: logScreen, paste: pasteScreen }
    this.view.replaceChildren(...screens[this.screen as Exclude<ScreenName, 'scan'>](this))
  }

  /** Changes settings and keeps them. */
  set(change: Partial<Settings>): void {
    this.settings = { ...this.settings, ...change }
    void writeSettings(this.store as Store<never>, this.settings)
  }

  toggleLanguage(): void {
    this.set({ language: language() === 'vi' ? 'en' : 'vi' })
    setLanguage(this.settings.language)
    this.draw()
    this.parts.root.querySelector<HTMLElement>('[data-action="language"]')?.focus({ preventScroll: true })
  }

  choose(sector: Sector): void {
    this.set({ sector: sector.id, logValues: false })
    this.show('scan')
  }

  /** A code was read in a frame. */
  private read(text: string, frameAt: number): void {
    if (this.screen !== 'scan' || this.checking) return
    if (this.same.seen(text, frameAt)) {
      this.scan.hint(words.justChecked)
      return
    }
    void this.judge(text, frameAt)
  }

  /** Checks a text and shows the result. frameAt is when the picture was taken, in
   * the time of performance.now(). */
  async judge(text: string, frameAt?: number): Promise<void> {
    const sector = this.sector()
    if (!sector || this.checking) return
    this.checking = true
    this.same.checked(text)
    this.scanner.pause()
    try {
      const circumstances = { sector, heardAt: this.keys.state().heardAt, audience: this.settings.audience, newestSigned: this.newestSigned, now: this.now() }
      const outcome = await check(this.keys.verifier, text, circumstances)
      this.outcome = outcome
      this.show('result')
      this.measure(frameAt)
      signal(outcome.answer.verdict, this.settings.sound, this.settings.vibration)
      this.leaveResult = setTimeout(() => this.show('scan'), RESULT_MS)
      await this.remember(outcome)
    } finally {
      this.checking = false
    }
  }

  private async remember(outcome: Outcome): Promise<void> {
    if (outcome.newestSigned > this.newestSigned) {
      this.newestSigned = outcome.newestSigned
      await this.store.set(SIGNED, this.newestSigned)
    }
    if (this.settings.log) await this.store.append(lineOf(outcome.answer, outcome.sector, outcome.at, this.settings.logValues))
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

  /** Reads a picture and checks the code in it; tells what is wrong with it otherwise. */
  async judgeImage(file: Blob): Promise<void> {
    let texts: string[]
    try {
      texts = await this.scanner.readImage(file)
    } catch {
      this.scan.hint(words.badImage)
      return
    }
    // Of several codes in a picture, one of ours counts.
    const text = texts.find((x) => x.startsWith('VN')) ?? texts[0]
    if (text === undefined) this.scan.hint(words.noCodeInImage)
    else await this.judge(text)
  }

  /** Asks the server for its newest list unless that was done a moment ago. */
  async renewIfOld(): Promise<void> {
    if (this.now() - this.keys.state().heardAt < RENEW_AFTER && this.keys.state().serverAhead !== undefined) return
    await this.keys.renew()
    this.refresh()
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

  /** Nobody looks at the page: the moment to go over to a newer version, unless
   * somebody comes back to a result or to what was typed. */
  private unseen(): void {
    if (this.screen !== 'result' && this.screen !== 'paste') this.applyUpdate()
  }

  /** Looks for a newer version of the page and loads it. */
  async newestPage(): Promise<void> {
    const registration = await navigator.serviceWorker?.getRegistration()
    await registration?.update().catch(() => undefined)
    if (this.updateWaits) this.applyUpdate()
    else location.reload()
  }

  /** The log as it may still be shown. */
  async log(): Promise<Line[]> {
    const lines = (await this.store.entries()).map((line) => aged(line, this.now()))
    return lines.filter((line) => line !== undefined).reverse()
  }

  /** Forgets everything that this device keeps, and begins anew. */
  async forget(): Promise<void> {
    await this.store.clear()
    location.reload()
  }
}
