import { members, openJWS, parse } from './jws.js'
import { parseKey, type NamedKey } from './jwk.js'
import { MAX_PROOF } from './limits.js'

const TYPE = 'giayto-root-succession+jwt'

/** Reads the member next_root of a list (section 9 of the specification). The
 * list is the old root's word for the new one, the proof inside the new one's
 * word for the succession. Gives the new root, nothing where there is none, and
 * undefined if the member is wrong. */
export async function successor(member: unknown, issuer: string, root: NamedKey): Promise<NamedKey[] | undefined> {
  if ((member ?? null) === null) return []
  const next = members(member)
  const key = await parseKey(next?.['jwk'])
  const proof = next?.['proof']
  if (!key || key.thumbprint === root.thumbprint || typeof proof !== 'string' || proof.length > MAX_PROOF) return undefined
  const said = parse(await openJWS(proof, key.key, TYPE))
  if (!said || said['from'] !== root.thumbprint || said['to'] !== key.thumbprint || (said['iss'] ?? '') !== issuer) return undefined
  return [key]
}
