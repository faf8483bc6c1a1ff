import type { Verdict } from '@giayto/verifier'

// Sound and vibration, for those who look at the person and not at the screen.
// The three verdicts differ in number and height of the tones.

const tones: Readonly<Record<Verdict, readonly number[]>> = {
  established: [660, 880],
  not_established: [220, 220, 220],
  unknown: [440],
}

const patterns: Readonly<Record<Verdict, readonly number[]>> = {
  established: [80],
  not_established: [200, 100, 200, 100, 200],
  unknown: [300],
}

const TONE_SECONDS = 0.12

export class Signals {
  private audio: AudioContext | undefined

  /** wanted tells whether sounds are switched on. */
  constructor(wanted: () => boolean) {
    // Browsers let a page sound only once it has begun to in answer to a touch.
    addEventListener('pointerup', () => wanted() && this.open(), { passive: true })
  }

  private open(): AudioContext | undefined {
    if (typeof AudioContext === 'undefined') return undefined
    this.audio ??= new AudioContext()
    void this.audio.resume()
    return this.audio
  }

  /** Tells a verdict. What the device cannot do is left out. */
  give(verdict: Verdict, sound: boolean, vibration: boolean): void {
    // Before the first tap on the page a browser refuses, and complains.
    if (vibration && navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.([...patterns[verdict]])
    const audio = sound ? this.open() : undefined
    if (audio) tones[verdict].forEach((hertz, i) => this.tone(audio, hertz, i * TONE_SECONDS * 1.5))
  }

  private tone(audio: AudioContext, hertz: number, after: number): void {
    const from = audio.currentTime + after
    const oscillator = new OscillatorNode(audio, { frequency: hertz })
    const gain = new GainNode(audio, { gain: 0.2 })
    oscillator.connect(gain).connect(audio.destination)
    oscillator.start(from)
    oscillator.stop(from + TONE_SECONDS)
  }
}
