import type { CameraFault, Scanner } from '../../../scan/scanner.js'
import { h } from '../../../shared/dom.js'
import { scriptURL } from '../../../shared/trusted.js'
import type { App, Screen } from '../../app.js'
import { say, type Message } from '../../messages/index.js'
import { activationCode } from '../../model.js'
import { bar, button } from '../../parts.js'

const faults: Readonly<Record<CameraFault, Message>> = {
  refused: 'scanRefused',
  absent: 'scanAbsent',
  busy: 'scanBusy',
  insecure: 'browserTooOld',
  unsupported: 'scanAbsent',
  failed: 'scanFailed',
}

/** Reads the activation code from the QR of the agency's letter. It is put into the
 * field of the first screen, where the holder sees it before it is used. */
export function scanScreen(app: App): Screen {
  const video = h('video', { playsinline: true, muted: true, autoplay: true, 'aria-hidden': 'true', tabindex: -1 })
  const words = h('p', { role: 'status', class: 'intro', 'data-scan': '' }, say('scanStarting'))
  let scanner: Scanner | undefined
  let left = false
  const trouble = (fault: CameraFault) => {
    video.hidden = true
    words.textContent = say(faults[fault])
    words.dataset['scan'] = fault
  }
  const look = (texts: readonly string[]) => {
    if (left || !texts.length) return
    const code = texts.map(activationCode).find((c) => c !== undefined)
    if (code === undefined) {
      words.textContent = say('scanOther')
      words.dataset['scan'] = 'other'
      return
    }
    app.activation = code
    app.go('start')
  }
  const start = async () => {
    try {
      // Most people type: the scanner is loaded for those who do not.
      const { createScanner } = await import('../../../scan/scanner.js')
      if (left) return
      scanner = createScanner({ frame: look, ended: trouble }, { workerUrl: scriptURL(READER_WORKER_URL), wasmUrl: READER_WASM_URL })
      await scanner.start(video)
      words.textContent = say('scanAim')
      words.dataset['scan'] = 'reading'
    } catch (e) {
      if (!left) trouble((e as { fault?: CameraFault }).fault ?? 'failed')
    }
  }
  void start()
  return {
    nodes: [bar(app, say('scanTitle'), 'start'), h('div', { class: 'body' }, words, h('div', { class: 'film' }, video)), h('div', { class: 'actions' }, button(say('scanType'), 'type', () => app.go('start')))],
    leave: () => {
      left = true
      scanner?.stop()
    },
  }
}
