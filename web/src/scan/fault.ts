// What can be wrong with a camera or a picture, in words that a page can translate.

/** Why there is no camera: permission refused, no such device, a device that
 * another program holds, a page that is not a secure context, a browser that
 * lacks what scanning needs, anything else. */
export type CameraFault = 'refused' | 'absent' | 'busy' | 'insecure' | 'unsupported' | 'failed'

/** Why a file is not read: it is no picture that this browser decodes, or it is
 * beyond the limits of `limits.ts`. */
export type ImageFault = 'not_an_image' | 'too_large'

export class ScannerFault extends Error {
  override readonly name = 'ScannerFault'

  constructor(
    readonly fault: CameraFault | ImageFault,
    options?: ErrorOptions,
  ) {
    super(`scanner: ${fault}`, options)
  }
}

// The names of https://w3c.github.io/mediacapture-main/#dom-mediadevices-getusermedia.
const faults: Record<string, CameraFault> = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'absent',
  OverconstrainedError: 'absent', // the camera asked for by name has gone
  NotReadableError: 'busy',
  AbortError: 'busy', // Firefox's word for a device that another program holds
}

/** Says which fault an error of getUserMedia is. */
export function cameraFault(error: unknown): CameraFault {
  if (error instanceof ScannerFault) return error.fault as CameraFault
  const name = (error as { name?: unknown } | null)?.name
  return (typeof name === 'string' && Object.hasOwn(faults, name) && faults[name]) || 'failed'
}
