import type { AssertionResponse, CreationOptions, RegistrationResponse } from './client_gen.js'
import { ApiFault, ownFault } from './fault.js'

// Passkeys, between the JSON of the server and navigator.credentials. Browsers that
// do not know the JSON forms of WebAuthn Level 3 get them translated here.

/** The part of options that a ceremony needs; what begin… of the client answers. */
export interface UseOptions {
  publicKey: { challenge: string; [name: string]: unknown }
}

/** Makes a passkey. Call it from a tap: some browsers ask for one. It rejects with an
 * ApiFault: passkey.cancelled where the person or the time said no,
 * passkey.here_already, passkey.unsupported or passkey.failed; or with the reason of
 * the signal. */
export async function createPasskey(options: CreationOptions, signal?: AbortSignal): Promise<RegistrationResponse> {
  return ceremony(signal, async () => {
    const parse = PublicKeyCredential.parseCreationOptionsFromJSON?.bind(PublicKeyCredential)
    const publicKey = parse ? parse(options.publicKey as never) : creationOptions(options.publicKey)
    return navigator.credentials.create({ publicKey, ...(signal && { signal }) })
  })
}

/** Has a passkey answer a challenge: for signing in, reauthenticating, and for
 * confirming a request. It rejects as createPasskey does. */
export async function usePasskey(options: UseOptions, signal?: AbortSignal): Promise<AssertionResponse> {
  return ceremony(signal, async () => {
    const parse = PublicKeyCredential.parseRequestOptionsFromJSON?.bind(PublicKeyCredential)
    const publicKey = parse ? parse(options.publicKey as never) : requestOptions(options.publicKey)
    return navigator.credentials.get({ publicKey, ...(signal && { signal }) })
  })
}

async function ceremony(signal: AbortSignal | undefined, ask: () => Promise<Credential | null>): Promise<Record<string, unknown>> {
  if (!('PublicKeyCredential' in globalThis) || !('credentials' in navigator)) throw ownFault('passkey.unsupported')
  try {
    const credential = (await ask()) as PublicKeyCredential | null
    if (!credential) throw ownFault('passkey.cancelled')
    return jsonOf(credential)
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof ApiFault) throw error
    const name = error instanceof Error || error instanceof DOMException ? error.name : ''
    // NotAllowedError also stands for a ceremony that took too long.
    if (name === 'NotAllowedError' || name === 'AbortError') throw ownFault('passkey.cancelled')
    if (name === 'InvalidStateError') throw ownFault('passkey.here_already')
    if (name === 'NotSupportedError') throw ownFault('passkey.unsupported')
    throw ownFault('passkey.failed')
  }
}

/** The JSON form of what an authenticator answered. */
function jsonOf(credential: PublicKeyCredential): Record<string, unknown> {
  // Some managers of passkeys put objects of their own in the place of the
  // browser's, whose toJSON throws.
  try {
    if (typeof credential.toJSON === 'function') return credential.toJSON() as unknown as Record<string, unknown>
  } catch {
    // By hand, then.
  }
  const { response } = credential
  const json: Record<string, unknown> = { clientDataJSON: encode(response.clientDataJSON) }
  if ('attestationObject' in response) {
    const made = response as AuthenticatorAttestationResponse
    json['attestationObject'] = encode(made.attestationObject)
    json['transports'] = made.getTransports?.() ?? []
  } else {
    const { authenticatorData, signature, userHandle } = response as AuthenticatorAssertionResponse
    json['authenticatorData'] = encode(authenticatorData)
    json['signature'] = encode(signature)
    if (userHandle) json['userHandle'] = encode(userHandle)
  }
  return {
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    ...(credential.authenticatorAttachment && { authenticatorAttachment: credential.authenticatorAttachment }),
    response: json,
    clientExtensionResults: {},
  }
}

interface Named {
  id: string
}

/** PublicKeyCredentialCreationOptionsJSON by hand. */
function creationOptions(json: CreationOptions['publicKey']): PublicKeyCredentialCreationOptions {
  const { user, excludeCredentials = [] } = json as unknown as { user: Named; excludeCredentials?: Named[] }
  return {
    ...json,
    challenge: decode(json.challenge),
    user: { ...user, id: decode(user.id) },
    excludeCredentials: excludeCredentials.map(withBytes),
  } as unknown as PublicKeyCredentialCreationOptions
}

/** PublicKeyCredentialRequestOptionsJSON by hand. */
function requestOptions(json: UseOptions['publicKey']): PublicKeyCredentialRequestOptions {
  const { allowCredentials = [] } = json as { allowCredentials?: Named[] }
  return { ...json, challenge: decode(json.challenge), allowCredentials: allowCredentials.map(withBytes) } as unknown as PublicKeyCredentialRequestOptions
}

const withBytes = (named: Named) => ({ ...named, id: decode(named.id) })

/** base64url without padding (RFC 4648 section 5). */
function decode(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
}

function encode(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}
