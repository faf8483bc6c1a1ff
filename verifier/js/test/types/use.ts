// Compiled, never run: what a user of the package may write, and what not.
import {
  catalog,
  createVerifier,
  MemoryReplay,
  openTrustList,
  presetPolicy,
  presets,
  reasons,
  type Claims,
  type DocumentId,
  type Reason,
  type ReplayStore,
  type VerifyResult,
} from '@giayto/verifier'
import { createVerifier as createWith, type Catalog } from '@giayto/verifier/core'
import { catalog as same } from '@giayto/verifier/catalog'

declare const root: JsonWebKey
declare const text: string

function equal<A, B>(_: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false): void {}

const verifier = createVerifier({ trustList: 'eyJ…', rootKeys: [root], replay: new MemoryReplay(100) })
const result = await verifier.verify(text, {
  now: new Date(),
  audience: 'hotel.example',
  nonce: '0102030405060708',
  policy: { require: ['can_cuoc/name'], requireTrue: ['can_cuoc/age_equal_or_over.18'], maxTrustListAgeSeconds: 86400 },
})

// Three verdicts; a reason exactly where nothing is established.
equal<typeof result.verdict, 'established' | 'not_established' | 'unknown'>(true)
if (result.verdict === 'established') {
  for (const document of result.documents) {
    equal<typeof document.document, DocumentId>(true)
    if (document.document === 'can_cuoc') equal<(typeof document.claims)[number]['id'], Claims['can_cuoc']>(true)
    // @ts-expect-error a licence has no such claim
    if (document.document === 'gplx') document.claims.find((c) => c.id === 'identifying_features')
  }
  // @ts-expect-error what is established has no reason
  result.reason
} else {
  equal<typeof result.reason, Reason>(true)
  console.log(result.why.vi, result.do.en, reasons[result.reason].verdict)
  // @ts-expect-error what is refused shows no document
  result.documents
}

// @ts-expect-error no such claim
await verifier.verify(text, { policy: { require: ['can_cuoc/shoe_size'] } })
// @ts-expect-error a claim of another document
await verifier.verify(text, { policy: { require: ['gplx/ethnicity'] } })
// @ts-expect-error no root is pinned
createVerifier({ trustList: '' })
// @ts-expect-error the core needs a catalogue
createWith({ rootKeys: root })
// @ts-expect-error a reason outside the closed set
export const other: Reason = 'expired_yesterday'
// @ts-expect-error an answer is for reading
result.verdict = 'established'

await verifier.verify(text, { policy: presetPolicy(presets[0]!) })
const update = await openTrustList(new Uint8Array(), root)
if (update.updated) createVerifier({ rootKeys: root, newest: JSON.parse(JSON.stringify(update.newest)) })
else equal<typeof update.reason, Reason>(true)

// A store of one's own may answer later.
export const store: ReplayStore = { seen: async (key, until, now) => key.length > until - now }
export const own: Catalog<{ ticket: 'seat' | 'row' }> = { digest: '', documents: [] }
const tickets: VerifyResult<{ ticket: 'seat' | 'row' }> = await createWith({ rootKeys: root, catalog: own }).verify(text)
if (tickets.verdict === 'established') equal<(typeof tickets.documents)[number]['claims'][number]['id'], 'seat' | 'row'>(true)
equal<typeof same, typeof catalog>(true)
