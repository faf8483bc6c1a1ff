// What browsers have and the DOM library of TypeScript does not describe.

/** https://w3c.github.io/trusted-types/dist/spec/#trusted-script-url */
interface TrustedScriptURL {
  toString(): string
}

/** https://wicg.github.io/shape-detection-api/#barcode-detection-api */
declare class BarcodeDetector {
  constructor(options?: { formats: string[] })
  static getSupportedFormats(): Promise<string[]>
  detect(image: ImageBitmapSource): Promise<{ rawValue: string }[]>
}

// https://w3c.github.io/mediacapture-image/#mediatrackcapabilities-section
interface MediaTrackCapabilities {
  torch?: boolean
}
interface MediaTrackConstraintSet {
  torch?: boolean
}
