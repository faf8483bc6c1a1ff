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

let audio: AudioContext | undefined

/** Tells a verdict. What the device cannot do is left out. */
export function signal(verdict: Verdict, sound: boolean, vibration: boolean): void {
  if (vibration) navigator.vibrate?.([...patterns[verdict]])
  if (!sound || typeof AudioContext === 'undefined') return
  audio ??= new AudioContext()
  void audio.resume()
  tones[verdict].forEach((hertz, i) => {
    const from = audio!.currentTime + i * TONE_SECONDS * 1.5
    const oscillator = new OscillatorNode(audio!, { frequency: hertz })
    const gain = new GainNode(audio!, { gain: 0.2 })
    oscillator.connect(gain).connect(audio!.destination)
    oscillator.start(from)
    oscillator.stop(from + TONE_SECONDS)
  })
}
