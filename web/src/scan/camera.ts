// One open camera: its stream, the video element that shows it, its light.

import { ScannerFault, cameraFault, type CameraFault } from './fault.js'

/** A camera of this machine. The id is valid on this origin alone. */
export interface Camera {
  readonly id: string
  readonly label: string
}

/** Lists the cameras. Empty before the first permission, when they have no names. */
export async function listCameras(): Promise<Camera[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? []
  return devices
    .filter((device) => device.kind === 'videoinput' && device.deviceId !== '' && device.label !== '')
    .map((device) => ({ id: device.deviceId, label: device.label }))
}

export class OpenCamera {
  readonly #video: HTMLVideoElement
  readonly #stream: MediaStream
  readonly #track: MediaStreamTrack
  #torch = false
  #shown = -1 // the video's time of the last frame, where there is no callback for frames

  private constructor(video: HTMLVideoElement, stream: MediaStream, track: MediaStreamTrack) {
    this.#video = video
    this.#stream = stream
    this.#track = track
  }

  /** Opens a camera, the rear one by preference, and shows it until it is closed
   * or the signal ends. Rejects with a [ScannerFault], or with the signal's reason
   * where that came first. */
  static async open(video: HTMLVideoElement, cameraId: string | undefined, signal: AbortSignal): Promise<OpenCamera> {
    if (!globalThis.isSecureContext) throw new ScannerFault('insecure')
    if (!navigator.mediaDevices?.getUserMedia) throw new ScannerFault('unsupported')
    const which: MediaTrackConstraints = cameraId ? { deviceId: { exact: cameraId } } : { facingMode: { ideal: 'environment' } }
    let stream: MediaStream | undefined
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { ...which, width: { ideal: 1920 }, height: { ideal: 1080 } },
      })
      signal.throwIfAborted()
      const opened = stream
      signal.addEventListener('abort', () => release(video, opened), { once: true })
      const track = stream.getVideoTracks()[0]
      if (!track) throw new ScannerFault('absent')
      // iOS opens a video over the whole screen unless it plays inline and muted.
      video.playsInline = true
      video.muted = true
      video.autoplay = true
      video.srcObject = stream
      await video.play()
      signal.throwIfAborted()
      return new OpenCamera(video, stream, track)
    } catch (error) {
      if (stream) release(video, stream)
      signal.throwIfAborted()
      throw new ScannerFault(cameraFault(error), { cause: error })
    }
  }

  /** Calls back when the stream ends although nobody here has ended it. */
  onEnded(ended: (fault: CameraFault) => void): void {
    this.#track.addEventListener('ended', () => void this.#whyEnded().then(ended))
  }

  /** Calls back with performance.now() when the next frame is there. */
  onFrame(frame: (at: number) => void): void {
    const video = this.#video
    if (typeof video.requestVideoFrameCallback === 'function') {
      video.requestVideoFrameCallback(frame)
      return
    }
    const look = (at: number): void => {
      if (this.#stream !== video.srcObject) return
      if (video.readyState < video.HAVE_CURRENT_DATA || video.currentTime === this.#shown) {
        requestAnimationFrame(look)
        return
      }
      this.#shown = video.currentTime
      frame(at)
    }
    requestAnimationFrame(look)
  }

  /** Copies the frame that is shown now. */
  grab(): Promise<ImageBitmap> {
    return createImageBitmap(this.#video)
  }

  close(): void {
    release(this.#video, this.#stream)
  }

  /** Whether the light is on; undefined where the camera has none. */
  torch(): boolean | undefined {
    return this.#track.getCapabilities?.().torch ? this.#torch : undefined
  }

  async setTorch(on: boolean): Promise<void> {
    if (this.torch() === undefined) throw new ScannerFault('unsupported')
    try {
      await this.#track.applyConstraints({ advanced: [{ torch: on }] })
      this.#torch = on
    } catch (error) {
      throw new ScannerFault(cameraFault(error), { cause: error })
    }
  }

  async #whyEnded(): Promise<CameraFault> {
    try {
      const permission = await navigator.permissions.query({ name: 'camera' })
      if (permission.state === 'denied') return 'refused'
    } catch {
      // Not every browser tells the permission of the camera.
    }
    const { deviceId } = this.#track.getSettings()
    const cameras = await listCameras().catch(() => [])
    return cameras.some((camera) => camera.id === deviceId) ? 'busy' : 'absent'
  }
}

function release(video: HTMLVideoElement, stream: MediaStream): void {
  stream.getTracks().forEach((track) => track.stop())
  if (video.srcObject === stream) video.srcObject = null
}
