import { reasons, type Text } from '@giayto/verifier'
import { h } from '../../shared/dom.js'
import { icon } from '../../shared/icons.js'
import { fill, t } from '../../shared/lang.js'
import { ago, span } from '../../shared/when.js'
import type { CameraFault, Scanner } from '../../scan/scanner.js'
import type { App } from '../app.js'
import words, { cameraFaults } from '../words.js'
import { button, fileButton, languageButton, sectorName } from './parts.js'

/** Shown as long as a hint is news. */
const HINT_MS = 4000
/** A clock that is further off than this from the server's is worth a word: it is
 * the tolerance that lists usually carry. */
const CLOCK_MS = 30_000

type State = 'off' | 'starting' | 'reading' | 'paused' | CameraFault

/** The screen with the camera. It stays in the page while others show, so that
 * the next person is scanned without opening the camera again. */
export class ScanScreen {
  readonly element: HTMLElement
  private readonly video: HTMLVideoElement
  private readonly around: HTMLElement
  private readonly aim: HTMLElement
  private readonly statusBox: HTMLElement
  private readonly notes: HTMLElement
  /** Where the code is to be held, or what is wrong with the camera. */
  private frame: HTMLElement
  private readonly middle: HTMLElement
  private readonly row: HTMLElement
  private state: State = 'off'
  private hintText: Text | undefined
  private hintTimer: ReturnType<typeof setTimeout> | undefined
  private wake: WakeLockSentinel | undefined
  /** Tells the newest start from older ones that are still under way. */
  private turn = 0

  constructor(
    private readonly app: App,
    private readonly scanner: Scanner,
  ) {
    this.video = h('video', { playsinline: true, muted: true, autoplay: true, 'aria-hidden': 'true', tabindex: -1 })
    this.around = h('div', { class: 'around' })
    this.aim = h('p', { class: 'aim', role: 'status' })
    this.statusBox = h('p', { class: 'box status', 'data-status': '' })
    this.notes = h('ul', { class: 'notes' })
    this.frame = h('div', { class: 'frame', 'aria-hidden': 'true' })
    this.middle = h('div', { class: 'middle' }, this.notes, this.frame)
    this.row = h('div', { class: 'row' })
    this.element = h('div', { class: 'scan', hidden: true }, this.video, this.around)
  }

  /** Shows the camera's picture and reads from it. */
  enter(camera: string): void {
    this.scanner.resume()
    if (this.state === 'paused') this.become('reading')
    else if (this.state !== 'starting' && this.state !== 'reading') void this.begin(camera)
    this.keepAwake()
  }

  /** Stops reading; the camera stays open only if the next scan comes at once. */
  leave(keepCamera: boolean): void {
    void this.wake?.release()
    this.wake = undefined
    if (keepCamera && this.state === 'reading') {
      this.scanner.pause()
      this.state = 'paused'
    } else if (!keepCamera && (this.state === 'reading' || this.state === 'paused' || this.state === 'starting')) {
      this.turn++
      this.scanner.stop()
      this.state = 'off'
    }
  }

  private async begin(camera: string): Promise<void> {
    const turn = ++this.turn
    this.become('starting')
    try {
      await this.scanner.start(this.video, camera || undefined)
      if (turn !== this.turn) return
      this.become('reading')
      if (this.app.screen !== 'scan') this.leave(true) // somebody pasted a text meanwhile
    } catch (e) {
      const fault = (e as { fault?: CameraFault }).fault ?? 'failed'
      if (turn !== this.turn) return
      // A camera that was chosen once and is gone: any other one.
      if (fault === 'absent' && camera) {
        void this.app.set({ camera: '' })
        this.middle.querySelector('[data-cameras]')?.remove() // is offered anew, without it
        await this.begin('')
      } else this.become(fault)
    }
  }

  /** The camera stopped by itself. */
  trouble(fault: CameraFault): void {
    this.turn++
    this.become(fault)
  }

  /** Says something for a moment. */
  hint(text: Text): void {
    if (this.hintText === text) return
    clearTimeout(this.hintTimer)
    this.hintText = text
    this.hintTimer = setTimeout(() => {
      this.hintText = undefined
      this.drawAim()
    }, HINT_MS)
    this.drawAim()
  }

  private become(state: State): void {
    this.state = state
    if (this.app.screen === 'scan') this.drawState()
  }

  /** Keeps the screen lit. The browser takes that back when the page is hidden. */
  keepAwake(): void {
    // Out of battery, or not in sight: the screen goes dark as always.
    navigator.wakeLock?.request('screen').then(
      (wake) => {
        void this.wake?.release()
        this.wake = wake
        if (this.app.screen !== 'scan') void wake.release()
      },
      () => undefined,
    )
  }

  /** Draws everything around the picture anew. */
  draw(): void {
    const { app } = this
    const sector = app.sector()
    const focused = focusIn(this.around)
    this.row.replaceChildren(
      fileButton(words.image, 'image/*', { 'data-action': 'image' }, (file) => void app.judgeImage(file), 'image'),
      button(words.paste, 'paste', () => app.show('paste'), { icon: 'paste' }),
      button(words.settings, 'settings', () => app.show('settings'), { icon: 'settings' }),
    )
    this.around.replaceChildren(
      h(
        'header',
        { class: 'bar' },
        h('h1', { tabindex: -1 }, t(words.scanTitle)),
        sector ? h('button', { class: 'pill sector', type: 'button', 'data-action': 'purpose', onclick: () => app.show('purpose') }, sectorName(sector)) : '',
        languageButton(app),
      ),
      this.middle,
      this.aim,
      h('div', { class: 'foot' }, this.statusBox, this.row),
    )
    this.drawState()
    this.refresh()
    if (focused) this.around.querySelector<HTMLElement>(focused)?.focus({ preventScroll: true })
  }

  /** Draws what depends on the camera. It comes and goes at any moment, and a tap on
   * a button that is replaced meanwhile would be lost: the others stay. */
  private drawState(): void {
    const fault = this.fault()
    this.element.classList.toggle('without-camera', fault !== undefined)
    const frame = fault ? this.faultBox(fault) : h('div', { class: 'frame', 'aria-hidden': 'true' })
    this.frame.replaceWith(frame)
    this.frame = frame
    this.drawAim()
    this.drawTorch()
    void this.drawCameras()
  }

  /** Tells anew what this device is ready for and what is wrong with it, and leaves
   * the controls alone. */
  refresh(): void {
    const { app } = this
    const { info, heardAt } = app.keys.state()
    this.statusBox.textContent = info ? `${t(app.offlineReady ? words.readyOffline : words.ready)} · ${fill(words.keysHeard, { age: ago(heardAt, app.now()) })}` : t(words.keysNone)
    this.notes.replaceChildren(...this.warnings())
  }

  /** Leaves nothing but the picture in the page, while another screen shows. */
  clear(): void {
    this.around.replaceChildren()
  }

  private fault(): CameraFault | undefined {
    const { state } = this
    return state === 'off' || state === 'starting' || state === 'reading' || state === 'paused' ? undefined : state
  }

  private drawAim(): void {
    const usual = this.fault() ? undefined : this.state === 'starting' ? words.starting : words.aim
    const text = this.hintText ?? usual
    const said = text ? t(text) : ''
    if (this.aim.textContent !== said) this.aim.textContent = said
    this.aim.classList.toggle('news', this.hintText !== undefined)
  }

  private faultBox(fault: CameraFault): HTMLElement {
    return h(
      'div',
      { class: 'box fault', 'data-camera-fault': fault, role: 'alert' },
      icon('camera', 32),
      h('p', {}, t(cameraFaults[fault])),
      button(words.retryCamera, 'retry-camera', () => void this.begin(this.app.settings.camera)),
    )
  }

  /** What is wrong with this device. It lies over the picture, so that nothing
   * moves when it comes. */
  private warnings(): HTMLElement[] {
    const { app } = this
    const { info, heardAt, trouble, serverAhead } = app.keys.state()
    const { tolerance = Infinity } = app.sector() ?? {}
    const notes: HTMLElement[] = []
    const note = (name: string, text: string) => notes.push(h('li', { class: 'warn', [`data-${name}`]: '' }, text))
    if (info && (app.now() > info.nextUpdate.getTime() || app.now() - heardAt > tolerance)) note('old', t(words.keysOld))
    if (info && trouble !== undefined) note('trouble', fill(words.keysTrouble, { why: t(reasons[trouble].why), do: t(reasons[trouble].do) }))
    if (serverAhead !== undefined && Math.abs(serverAhead) > CLOCK_MS)
      note('clock', fill(serverAhead > 0 ? words.clockBehind : words.clockAhead, { span: span(Math.abs(serverAhead)) }))
    if (!app.store.lasting()) note('forgets', t(words.forgets))
    return notes
  }

  /** Offers the light where the camera has one. */
  private drawTorch(): void {
    const torch = this.fault() ? undefined : this.scanner.torch()
    let control = this.row.querySelector<HTMLElement>('[data-action="torch"]')
    if (torch === undefined) {
      control?.remove()
      return
    }
    if (!control) {
      const drawn = () => this.drawTorch()
      control = button(words.torch, 'torch', () => void this.scanner.setTorch(!this.scanner.torch()).then(drawn, drawn), { icon: 'torch' })
      this.row.prepend(control)
    }
    control.setAttribute('aria-pressed', String(torch))
  }

  /** Offers the cameras where there are several, over the picture: nothing moves. */
  private async drawCameras(): Promise<void> {
    const { middle } = this
    if (this.fault()) middle.querySelector('[data-cameras]')?.remove()
    if (this.state !== 'reading') return
    const cameras = await this.scanner.cameras()
    if (this.fault() || cameras.length < 2 || middle.querySelector('[data-cameras]')) return
    const chosen = this.app.settings.camera
    const select = h(
      'select',
      {
        class: 'cameras',
        'data-cameras': '',
        'aria-label': t(words.camera),
        onchange: () => {
          void this.app.set({ camera: select.value })
          this.scanner.stop()
          void this.begin(select.value)
        },
      },
      ...cameras.map((c, i) => h('option', { value: c.id, selected: c.id === chosen }, c.label || fill(words.cameraNumber, { n: i + 1 }))),
    )
    middle.append(select)
  }
}

/** Tells how to find again what has the focus after a part was drawn anew. */
function focusIn(part: HTMLElement): string | undefined {
  const focused = document.activeElement
  if (!focused || !part.contains(focused)) return undefined
  if (focused.tagName === 'H1') return 'h1'
  if (focused.hasAttribute('data-cameras')) return '[data-cameras]'
  const action = focused.getAttribute('data-action')
  return action === null ? undefined : `[data-action="${action}"]`
}
