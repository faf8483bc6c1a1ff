// The scanner: a camera, a reader, and the loop between them.

import type { ReaderAssets } from './bundled.js'
import { OpenCamera, listCameras, type Camera } from './camera.js'
import { ScannerFault, cameraFault, type CameraFault } from './fault.js'
import { decodeImage } from './image.js'
import { Readers } from './readers.js'

export { ScannerFault, type CameraFault, type ImageFault } from './fault.js'
export type { Camera } from './camera.js'
export type { ReaderAssets } from './bundled.js'

export interface ScannerEvents {
  /** The texts of all codes that were read in one frame, none where there is no
   * readable code, with performance.now() of the frame. */
  frame(texts: readonly string[], frameAt: number): void
  /** The camera is gone without stop: unplugged, taken by another program, its
   * permission taken back, or not to be had again when the page came back into
   * sight. The scanner has stopped. */
  ended?(fault: CameraFault): void
}

export interface Scanner {
  /** Opens a camera, the rear one by preference or the one named, into the video
   * element and begins to read. Rejects with [ScannerFault]; with an AbortError
   * where stop or another start came before the camera. While the page is hidden
   * the camera is released; it is opened again when the page is seen. */
  start(video: HTMLVideoElement, cameraId?: string): Promise<void>
  /** Keeps the camera open but reads no frame. */
  pause(): void
  /** Reads again, from the next frame on. */
  resume(): void
  /** Releases the camera. The reader stays loaded. */
  stop(): void
  /** The cameras of this machine; empty before the first permission. */
  cameras(): Promise<Camera[]>
  /** Whether the light is on; undefined where the camera has none. */
  torch(): boolean | undefined
  /** Switches the light. Rejects with [ScannerFault] unsupported where there is none. */
  setTorch(on: boolean): Promise<void>
  /** Reads a picture from a file: all texts found, perhaps none. Rejects with
   * [ScannerFault]: not_an_image, too_large, or failed where there is no reader. */
  readImage(file: Blob): Promise<string[]>
  /** Which reader the next picture goes to. */
  readonly reader: 'barcode-detector' | 'bundled'
}

export function createScanner(events: ScannerEvents, assets: ReaderAssets): Scanner {
  return new CameraScanner(events, assets)
}

/** How many frames in a row may fail before scanning ends. A frame without a code
 * is no failure; a reader that cannot be started is. */
const maxFailures = 3

class CameraScanner implements Scanner {
  readonly #events: ScannerEvents
  readonly #readers: Readers
  /** From start to stop. */
  #scan: { readonly video: HTMLVideoElement; readonly cameraId: string | undefined; readonly end: AbortController } | undefined
  #camera: OpenCamera | undefined
  #opening: Promise<unknown> = Promise.resolve()
  #paused = false
  /** Raised whenever the answer for a frame that is being read is no longer wanted. */
  #epoch = 0
  #failures = 0

  constructor(events: ScannerEvents, assets: ReaderAssets) {
    this.#events = events
    this.#readers = new Readers(assets)
  }

  get reader(): 'barcode-detector' | 'bundled' {
    return this.#readers.kind
  }

  async start(video: HTMLVideoElement, cameraId?: string): Promise<void> {
    this.stop()
    const end = new AbortController()
    this.#scan = { video, cameraId, end }
    this.#paused = false
    this.#failures = 0
    document.addEventListener('visibilitychange', () => this.#seen(end.signal), { signal: end.signal })
    try {
      await Promise.all([this.#readers.load(), this.#open(end.signal)])
      end.signal.throwIfAborted()
    } catch (error) {
      end.signal.throwIfAborted()
      this.stop()
      throw faultOf(error)
    }
  }

  pause(): void {
    this.#paused = true
    this.#epoch++
  }

  resume(): void {
    this.#paused = false
  }

  stop(): void {
    this.#scan?.end.abort()
    this.#scan = undefined
    this.#release()
  }

  cameras(): Promise<Camera[]> {
    return listCameras()
  }

  torch(): boolean | undefined {
    return this.#camera?.torch()
  }

  async setTorch(on: boolean): Promise<void> {
    if (!this.#camera) throw new ScannerFault('unsupported')
    await this.#camera.setTorch(on)
  }

  async readImage(file: Blob): Promise<string[]> {
    const image = await decodeImage(file)
    try {
      return await this.#readers.read(image, true)
    } catch (error) {
      throw faultOf(error)
    }
  }

  /** Opens the camera of the scan and begins to read. One at a time: of two
   * requests at once one would find the camera busy. */
  #open(signal: AbortSignal): Promise<void> {
    const opened = this.#opening.then(async () => {
      signal.throwIfAborted()
      if (!this.#scan || this.#camera) return
      const camera = await OpenCamera.open(this.#scan.video, this.#scan.cameraId, signal)
      if (document.hidden) {
        camera.close()
        return
      }
      this.#camera = camera
      camera.onEnded((fault) => {
        if (this.#camera === camera) this.#lose(fault)
      })
      this.#watch(camera)
    })
    this.#opening = opened.catch(() => undefined)
    return opened
  }

  #seen(signal: AbortSignal): void {
    if (document.hidden) {
      this.#release()
      return
    }
    this.#open(signal).catch((error: unknown) => {
      if (!signal.aborted) this.#lose(cameraFault(error))
    })
  }

  #release(): void {
    this.#epoch++
    this.#camera?.close()
    this.#camera = undefined
  }

  #lose(fault: CameraFault): void {
    this.stop()
    this.#events.ended?.(fault)
  }

  /** Reads the frames of a camera, one at a time, until it is closed. */
  #watch(camera: OpenCamera): void {
    if (camera !== this.#camera) return
    camera.onFrame((at) => {
      void this.#read(camera, at).finally(() => this.#watch(camera))
    })
  }

  async #read(camera: OpenCamera, frameAt: number): Promise<void> {
    if (this.#paused || camera !== this.#camera) return
    const epoch = this.#epoch
    let texts: string[]
    try {
      texts = await this.#readers.read(await camera.grab(), false)
    } catch {
      if (epoch === this.#epoch && ++this.#failures >= maxFailures) this.#lose('failed')
      return
    }
    if (epoch !== this.#epoch) return
    this.#failures = 0
    this.#events.frame(texts, frameAt)
  }
}

function faultOf(error: unknown): ScannerFault {
  return error instanceof ScannerFault ? error : new ScannerFault(cameraFault(error), { cause: error })
}
