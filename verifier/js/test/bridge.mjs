// Answers checks that internal/differential sends as lines of JSON, with the
// report that the Go SDK would write. It works from dist alone.
import { createInterface } from 'node:readline'
import { createVerifier, openTrustList, UnsafeAcceptReplays } from '../dist/index.js'

const rfc3339 = (date) => (date ? date.toISOString().replace('.000Z', 'Z') : null)

/** The report of Go's verifier.NewReport. */
export function report(r) {
  const list = r.trustList
  const established = r.verdict === 'established'
  return {
    verdict: r.verdict,
    reason: r.reason ?? null,
    ...(r.missing && { missing: r.missing }),
    ...(established && {
      documents: r.documents.map(({ document, label, claims }) => ({ document, label, claims })),
    }),
    expires_at: rfc3339(r.expiresAt),
    ...(!established && { why: r.why, do: r.do }),
    trust_list: list ? { version: list.version, issued_at: rfc3339(list.issuedAt), age_seconds: list.ageSeconds } : null,
  }
}

let verifier
async function answer({ op, text, root, list, now, audience, nonce, require, requireTrue, maxAge }) {
  switch (op) {
    case 'use':
      verifier = createVerifier({ rootKeys: root, trustList: list, replay: new UnsafeAcceptReplays() })
      return { stamp: (await verifier.newest()) !== undefined }
    case 'open': {
      const opened = await openTrustList(list, root, undefined, now)
      return opened.updated ? { version: opened.trustList.version } : { reason: opened.reason }
    }
  }
  const policy = { require, requireTrue, maxTrustListAgeSeconds: maxAge }
  return report(await verifier.verify(text, { now, audience, nonce, policy }))
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + '\n')
  }
}
