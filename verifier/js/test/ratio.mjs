// What a whole check costs beside one raw ES256 verification by WebCrypto, timed
// turn by turn in one loop, so that other work on the machine touches both alike.
// It runs in Node and in a page.

const TURNS = 200
const EACH = 10

const median = (list) => list.sort((a, b) => a - b)[list.length >> 1]

/** Returns the medians in microseconds and the median of the ratio of each turn. */
export async function ratio({ createVerifier, UnsafeAcceptReplays }, vector) {
  const verifier = createVerifier({ rootKeys: vector.root, trustList: vector.trust_list, replay: new UnsafeAcceptReplays() })
  const now = new Date(vector.now)
  const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const pair = await crypto.subtle.generateKey(ES256, false, ['sign', 'verify'])
  const data = crypto.getRandomValues(new Uint8Array(200)) // about what is signed in a presentation
  const signature = await crypto.subtle.sign(ES256, pair.privateKey, data)

  async function raw() {
    if (!(await crypto.subtle.verify(ES256, pair.publicKey, signature, data))) throw new Error('the raw signature does not verify')
  }
  async function check() {
    const answer = await verifier.verify(vector.text, { now })
    if (answer.verdict !== 'established') throw new Error(answer.reason)
  }
  async function time(act) {
    const begin = performance.now()
    for (let i = 0; i < EACH; i++) await act()
    return ((performance.now() - begin) * 1000) / EACH
  }

  const turns = []
  for (let turn = -TURNS / 4; turn < TURNS; turn++) {
    const times = turn % 2 ? [await time(raw), await time(check)] : [await time(check), await time(raw)].reverse()
    if (turn >= 0) turns.push(times) // the first turns warm up
  }
  return { raw: median(turns.map(([r]) => r)), check: median(turns.map(([, c]) => c)), ratio: median(turns.map(([r, c]) => c / r)) }
}
