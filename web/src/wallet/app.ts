import { Client, type Catalog, type OpenedSession, type Paper, type PaperContent, type Presentation, type Preset } from '../api/client_gen.js'
import { follow } from '../api/inbox.js'
import { usePasskey } from '../api/passkey.js'
import { h } from '../shared/dom.js'
import { language, setLanguage, t } from '../shared/lang.js'
import { say, type Message } from './messages/index.js'
import { needsTouch, requestOf, type Choice, type Which } from './model.js'
import { codeOf } from './parts.js'
import { codeScreen } from './screens/code/index.js'
import { historyScreen } from './screens/history/index.js'
import { inboxScreen } from './screens/inbox/index.js'
import { paperScreen } from './screens/paper/index.js'
import { papersScreen } from './screens/papers/index.js'
import { safetyScreen } from './screens/safety/index.js'
import { scanScreen } from './screens/scan/index.js'
import { pickScreen, shareScreen } from './screens/share/index.js'
import { lostScreen, passkeyScreen, recoveryScreen, startScreen } from './screens/start/index.js'
import type { Vault } from './vault.js'

/** What a screen shows, what it does when something around it has changed, and what
 * it ends when it is left. */
export interface Screen {
  readonly nodes: readonly HTMLElement[]
  readonly refresh?: () => void
  readonly leave?: () => void
}

const screens = {
  start: startScreen,
  scan: scanScreen,
  passkey: passkeyScreen,
  recovery: recoveryScreen,
  lost: lostScreen,
  papers: papersScreen,
  paper: paperScreen,
  share: shareScreen,
  pick: pickScreen,
  code: codeScreen,
  history: historyScreen,
  inbox: inboxScreen,
  safety: safetyScreen,
} satisfies Record<string, (app: App) => Screen>

export type ScreenName = keyof typeof screens

/** A code that is being shown. */
export interface Shared {
  readonly code: Presentation
  readonly choice: Choice
  readonly which: Which
  readonly preset: Preset | undefined
  readonly audience: string
  readonly title: string
  /** Milliseconds from making to end, for the ring. */
  readonly lifetime: number
}

/** What somebody is about to share. */
export interface Draft {
  readonly choice: Set<string>
  /** Which paper of a kind, where there are several. */
  readonly which: Map<string, string>
  audience: string
}

const emptyDraft = (): Draft => ({ choice: new Set(), which: new Map(), audience: '' })

/** What is kept on this device, encrypted. */
interface KeptPapers {
  readonly papers: readonly Paper[]
  readonly contents: Readonly<Record<string, PaperContent>>
  readonly at: number
}

const PAPERS = 'papers'
const CATALOG = 'catalog'
const LANGUAGE = 'language'
const SESSION = 'session'
/** The state of the history's entry inside the wallet. */
const INSIDE = 'inside'

/** What the wallet is made of, from outside. */
export interface Parts {
  readonly root: HTMLElement
  readonly client: Client
  readonly vault: Vault
  readonly now: () => number
}

/** The wallet: who is signed in, what is in it, which screen shows. */
export class App {
  session: OpenedSession | undefined
  catalog: Catalog | undefined
  papers: readonly Paper[] | undefined
  /** When the papers were last heard of, while they cannot be heard of anew. */
  asOf: number | undefined
  papersTrouble: unknown
  preset: Preset | undefined
  /** The kind of paper that sharing was begun from. */
  shareOnly: string | undefined
  shared: Shared | undefined
  /** What is being chosen, for as long as that takes: another language or a change of
   * the papers must not lose it. */
  draft = emptyDraft()
  /** Papers whose content was asked for while choosing: once, whatever came. */
  readonly asked = new Set<string>()
  /** An activation code that was read from a QR and is not used yet. */
  activation = ''
  /** The recovery code that is being written down. */
  recoveryCode = ''
  /** Why the wallet was closed, in words for the first screen. */
  closed: Message | undefined
  unread = 0
  screen: ScreenName = 'start'
  private contents: Record<string, PaperContent> = {}
  private opened = ''
  /** The number of the newest notice that is known. */
  private heard = 0
  private current: Screen | undefined
  /** Raised when everything is forgotten: an answer that was asked for before is
   * not kept any more. */
  private life = 0
  private readonly view = h('div', { class: 'view' })
  private readonly resized = new ResizeObserver(() => this.measure())
  private stopFollowing: (() => void) | undefined
  private wake: WakeLockSentinel | undefined

  constructor(private readonly parts: Parts) {
    parts.root.replaceChildren(this.view)
  }

  get client(): Client {
    return this.parts.client
  }

  now(): number {
    return this.parts.now()
  }

  /** Shows what this device has, then asks the server. */
  async start(): Promise<void> {
    const { vault } = this.parts
    if ((await vault.get<string>(LANGUAGE)) === 'en') setLanguage('en')
    this.catalog = await vault.get<Catalog>(CATALOG)
    const known = await vault.get<OpenedSession>(SESSION)
    const kept = await vault.get<KeptPapers>(PAPERS)
    if (known && kept) {
      this.session = known
      this.papers = kept.papers
      this.contents = { ...kept.contents }
      this.asOf = kept.at
      this.go('papers')
    }
    if (!known && vault.lasting()) {
      this.listen()
      this.go('start') // nobody has signed in here, and a device that keeps things would know
      return
    }
    try {
      this.session = await this.client.getSession()
    } catch (e) {
      if (await this.ended(e)) return
      // No word from the server: what is known stays on the screen.
      if (!this.papers) this.go('start')
      this.papersTrouble = e
      this.current?.refresh?.()
      return
    } finally {
      this.listen()
    }
    await this.begin()
    if (this.screen === 'start') this.go('papers')
  }

  private listen(): void {
    addEventListener('online', () => void this.load())
    addEventListener('popstate', () => history.state !== INSIDE && this.back())
    document.addEventListener('keydown', (e) => e.key === 'Escape' && this.back())
    document.addEventListener('visibilitychange', () => {
      const away = document.visibilityState !== 'visible'
      // Lists of open apps show a picture of the page: it shall be an empty one.
      document.documentElement.toggleAttribute('data-away', away)
      if (!away) void this.load()
    })
  }

  /** A session was opened. */
  async signedIn(session: OpenedSession, next: 'papers' | 'passkey'): Promise<void> {
    this.session = session
    this.closed = undefined
    this.activation = ''
    await this.begin()
    this.go(next)
  }

  private async begin(): Promise<void> {
    // The token against forged requests stays in memory.
    const { csrf_token: _, ...known } = this.session!
    await this.parts.vault.set(SESSION, known)
    await this.load()
    this.stopFollowing?.()
    this.stopFollowing = follow(this.heard, () => void this.news(), (state, fault) => {
      if (state === 'ended' && fault) void this.ended(fault)
    })
  }

  /** Something has happened to the wallet: what shows it changes by itself. */
  private async news(): Promise<void> {
    await this.load()
    if (this.screen === 'inbox') this.current?.refresh?.()
  }

  /** Hears of catalogue, papers and inbox anew. */
  async load(): Promise<void> {
    if (!this.session) return
    const { life } = this
    try {
      const [catalog, { credentials }, inbox] = await Promise.all([this.client.getCatalog(), this.client.listCredentials(), this.client.listNotices({ query: { limit: 1 } })])
      if (life !== this.life) return // somebody signed out meanwhile
      this.catalog = catalog
      this.papers = credentials
      this.asOf = undefined
      this.papersTrouble = undefined
      this.setUnread(inbox.unread)
      this.heard = inbox.notices[0]?.number ?? 0
      await this.parts.vault.set(CATALOG, catalog)
      await this.keep()
      const twins = credentials.filter((p) => !this.contents[p.id] && credentials.some((q) => q !== p && q.document === p.document))
      if (twins.length) await this.learn(twins)
    } catch (e) {
      if (await this.ended(e)) return
      this.papersTrouble = e
      this.asOf ??= (await this.parts.vault.get<KeptPapers>(PAPERS))?.at
    }
    if (this.screen !== 'inbox' && this.screen !== 'safety') this.current?.refresh?.()
  }

  private async keep(): Promise<void> {
    const papers = this.papers ?? []
    const contents = Object.fromEntries(Object.entries(this.contents).filter(([id]) => papers.some((p) => p.id === id)))
    await this.parts.vault.set(PAPERS, { papers, contents, at: this.now() } satisfies KeptPapers)
  }

  /** Opens one paper. */
  open(id: string): void {
    this.opened = id
    this.go('paper')
  }

  /** The paper that is open. */
  paper(): Promise<PaperContent> {
    return this.content(this.opened)
  }

  /** What is known of a paper on this device. */
  known(id: string): PaperContent | undefined {
    return this.contents[id]
  }

  /** Hears what is in papers. Those that cannot be heard of stay unknown. */
  async learn(papers: readonly Paper[]): Promise<void> {
    await Promise.allSettled(papers.map((p) => this.content(p.id)))
  }

  /** What is in a paper, from the server or, without a network, from this device. */
  private async content(id: string): Promise<PaperContent> {
    const { life } = this
    try {
      // The credential itself is for other software; the page keeps no copy of it.
      const { credential: _, ...content } = await this.client.getCredential({ id })
      if (life === this.life) {
        this.contents[id] = content
        await this.keep()
      }
      return content
    } catch (e) {
      const kept = this.contents[id]
      if (await this.ended(e)) throw e
      if (!kept || !codeOf(e).startsWith('network.')) throw e
      return kept
    }
  }

  /** Begins to share, from everything or from one kind of paper. */
  share(only?: string): void {
    this.shareOnly = only
    this.preset = undefined
    this.go('share')
  }

  pick(preset: Preset | undefined): void {
    this.preset = preset
    this.draft = emptyDraft()
    this.asked.clear()
    this.go('pick')
  }

  /** Makes a code and shows it. */
  async makeCode(choice: Choice, which: Which, audience: string, seconds: number): Promise<void> {
    const { preset, draft, life } = this
    const code = await this.mint(choice, which, preset, audience, seconds)
    // Who has gone back, or was signed out, shows nothing any more.
    if (life !== this.life || draft !== this.draft || this.screen !== 'pick') return
    this.shared = { code, choice, which, preset, audience, title: preset ? t(preset.labels) : '', lifetime: seconds * 1000 }
    this.go('code')
  }

  /** Replaces the code that is shown by a new one with the same content. */
  async renewCode(): Promise<void> {
    const shared = this.shared
    if (!shared) return
    const code = await this.mint(shared.choice, shared.which, shared.preset, shared.audience, shared.lifetime / 1000)
    if (this.shared === shared) this.shared = { ...shared, code }
    Object.assign(shared, { code }) // the screen that shows it holds on to this one
  }

  private async mint(choice: Choice, which: Which, preset: Preset | undefined, audience: string, seconds: number): Promise<Presentation> {
    const body = requestOf(choice, preset, audience, seconds, which)
    const touch = this.catalog !== undefined && needsTouch(this.catalog, choice, this.session?.level ?? 1)
    if (!touch) return this.client.share({ body })
    const options = await this.client.beginShare({ body })
    const confirmation = await usePasskey(options)
    return this.client.share({ body: { ...body, confirmation } })
  }

  stopSharing(): void {
    this.shared = undefined
    this.go('papers')
  }

  /** Proves anew who is holding the device. */
  async prove(): Promise<void> {
    const { life } = this
    const options = await this.client.beginReauthentication()
    const credential = await usePasskey(options)
    const session = await this.client.reauthenticate({ body: { credential } })
    if (life === this.life) this.session = session
  }

  /** Does what needs a fresh proof, and asks for one where the server does. */
  async fresh(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (e) {
      if (codeOf(e) !== 'session.reauthentication_required') throw e
      await this.prove()
      await work()
    }
  }

  async signOut(): Promise<void> {
    await this.client.signOut()
    await this.forget()
    this.closed = undefined
    this.go('start')
  }

  /** The session has ended elsewhere: nothing of the papers stays on this device. */
  private async ended(e: unknown): Promise<boolean> {
    const code = codeOf(e)
    if (code !== 'session.invalid' && code !== 'session.missing' && code !== 'device.frozen') return false
    if (this.session) this.closed = code === 'device.frozen' ? 'closedFrozen' : 'closedEnded'
    await this.forget()
    this.go('start')
    return true
  }

  /** Deletes everything of the citizen from this device. */
  async forget(): Promise<void> {
    this.life++
    this.stopFollowing?.()
    this.stopFollowing = undefined
    this.session = this.papers = this.shared = this.asOf = this.preset = undefined
    this.draft = emptyDraft()
    this.recoveryCode = ''
    this.unread = 0
    this.contents = {}
    await this.parts.vault.clear()
    if (language() === 'en') await this.parts.vault.set(LANGUAGE, 'en')
  }

  /** Where the way back leads from a screen; undefined where there is none. */
  private above(): ScreenName | undefined {
    switch (this.screen) {
      case 'start':
      case 'passkey':
      case 'recovery':
      case 'papers':
        return undefined
      case 'pick':
        return 'share'
      case 'scan':
        return 'start'
      case 'lost':
        return this.session ? 'safety' : 'start'
      default:
        return 'papers'
    }
  }

  /** Goes back as the bar at the top does. */
  private back(): void {
    const above = this.above()
    if (this.screen === 'code') this.stopSharing()
    else if (above) this.go(above)
  }

  /** Goes to a screen. */
  go(name: ScreenName): void {
    this.current?.leave?.()
    this.screen = name
    // One entry ahead of the page's own, wherever there is a way back, so that the
    // back button of the phone takes it. The address stays the same.
    if (this.above() && history.state !== INSIDE) history.pushState(INSIDE, '')
    document.documentElement.dataset['screen'] = name
    document.title = `${say('title')} · Giayto`
    this.current = screens[name](this)
    this.view.replaceChildren(...this.current.nodes)
    this.resized.disconnect()
    for (const bar of this.bars()) this.resized.observe(bar)
    this.measure()
    scrollTo(0, 0)
    this.view.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
  }

  /** What stays at the lower edge of the screen. */
  private bars(): readonly HTMLElement[] {
    return [...this.view.querySelectorAll<HTMLElement>(':scope > .actions, :scope > nav')]
  }

  /** Tells the style how high the bars are. */
  private measure(): void {
    const height = (selector: string) => this.view.querySelector<HTMLElement>(`:scope > ${selector}`)?.offsetHeight ?? 0
    const nav = height('nav')
    const all = nav + height('.actions')
    const loose = all > innerHeight / 2
    this.view.classList.toggle('loose', loose)
    const { style } = document.documentElement
    style.setProperty('--nav', `${nav}px`)
    style.setProperty('--bars', `${loose ? nav : all}px`)
  }

  toggleLanguage(): void {
    setLanguage(language() === 'vi' ? 'en' : 'vi')
    void this.parts.vault.set(LANGUAGE, language())
    this.go(this.screen)
  }

  setUnread(n: number): void {
    this.unread = n
    const badge = this.view.querySelector('[data-unread-count]')
    if (badge) badge.textContent = n ? String(n) : ''
  }

  /** The four places of the wallet. */
  navigation(here: 'papers' | 'history' | 'inbox' | 'safety'): HTMLElement {
    const places: readonly [ScreenName, Message][] = [
      ['papers', 'navPapers'],
      ['history', 'navHistory'],
      ['inbox', 'navInbox'],
      ['safety', 'navSafety'],
    ]
    return h(
      'nav',
      { 'aria-label': say('title') },
      ...places.map(([name, message]) =>
        h(
          'button',
          { type: 'button', 'data-nav': name, 'aria-current': name === here ? 'page' : undefined, onclick: () => this.go(name) },
          say(message),
          name === 'inbox' && h('span', { class: 'badge', 'data-unread-count': '' }, this.unread ? String(this.unread) : ''),
        ),
      ),
    )
  }

  /** Names this device for the list of devices. */
  deviceName(): string {
    const platform = /Android|iPhone|iPad|Windows|Mac|Linux/.exec(navigator.userAgent)?.[0] ?? 'web'
    return say('deviceName', { platform })
  }

  async keepAwake(): Promise<void> {
    try {
      this.wake = await navigator.wakeLock?.request('screen')
    } catch {
      // The screen goes dark as always.
    }
  }

  letSleep(): void {
    void this.wake?.release()
    this.wake = undefined
  }
}
