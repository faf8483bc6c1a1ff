// The one Trusted Types policy of the page. The server's
// Content-Security-Policy allows no other, and no string where a script's
// address is asked for.

/** The path of the service worker. */
export const SERVICE_WORKER_URL = `${PAGE}/sw.js`

const known: readonly string[] = [SERVICE_WORKER_URL, READER_WORKER_URL]

function pass(url: string): string {
  if (!known.includes(url)) throw new TypeError('not a script of this page')
  return url
}

interface Policy {
  createScriptURL(url: string): string
}

interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy
}

// Where there are no Trusted Types, the same rule holds without the browser's help.
const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes
const policy: Policy = factory ? factory.createPolicy('giayto', { createScriptURL: pass }) : { createScriptURL: pass }

/** Makes the address of a script that may be given to Worker or to register; only
 * READER_WORKER_URL and SERVICE_WORKER_URL are, anything else throws a TypeError.
 * Where there are Trusted Types the value is a TrustedScriptURL; its type is
 * string because the types of the DOM know no other argument. */
export function scriptURL(url: string): string {
  return policy.createScriptURL(url)
}
