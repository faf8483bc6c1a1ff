// The vectors of the repository, and how a verifier is set up for one. It runs
// in Node, in a page and in a worker.

/** Sets a verifier up as the vector says and makes the check. */
export async function play({ createVerifier }, vector) {
  const p = vector.policy
  const check = {
    now: new Date(vector.now),
    audience: p.audience,
    nonce: p.nonce,
    policy: { require: p.require, requireTrue: p.require_true, maxTrustListAgeSeconds: p.max_trust_list_age_seconds },
  }
  const lists = p.without_trust_list ? [] : [p.earlier_trust_list, p.previous_trust_list, vector.trust_list].filter((list) => list !== undefined)
  const verifier = createVerifier({ rootKeys: vector.root, trustList: lists.shift() })
  for (const list of lists) {
    const update = await verifier.update(list, check.now)
    if (list !== vector.trust_list && !update.updated) return { verdict: 'a list that is held was refused', reason: update.reason }
    if (!update.updated) return update
  }
  for (const before of [p.accepted_before && vector.text, p.accepted_twin]) {
    if (!before) continue
    const first = await verifier.verify(before, check)
    if (first.verdict !== 'established') return { verdict: 'the first showing was refused', reason: first.reason }
  }
  return verifier.verify(vector.text, check)
}

/** What a vector wants, in the same form as outcome. */
export function wanted({ want }) {
  return { verdict: want.verdict, reason: want.reason ?? null, documents: want.documents ?? null, expires_at: want.expires_at ?? null }
}

/** The part of an answer that a vector speaks of. */
export function outcome(r) {
  const established = r.verdict === 'established'
  const documents = established && r.documents.map((d) => ({ document: d.document, claims: Object.fromEntries(d.claims.map((c) => [c.id, c.value])) }))
  return { verdict: r.verdict, reason: r.reason ?? null, documents: documents || null, expires_at: established ? r.expiresAt.toISOString().replace('.000Z', 'Z') : null }
}

/** Plays every vector and returns name and outcome of those that end otherwise. */
export async function playAll(sdk, vectors) {
  const wrong = []
  for (const vector of vectors) {
    const got = JSON.stringify(outcome(await play(sdk, vector)))
    const want = JSON.stringify(wanted(vector))
    if (sorted(got) !== sorted(want)) wrong.push({ name: vector.name, got, want })
  }
  return { played: vectors.length, wrong }
}

/** The same JSON with the members of objects in order. */
function sorted(json) {
  return JSON.stringify(JSON.parse(json, (_, v) => (v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort()) : v)))
}
