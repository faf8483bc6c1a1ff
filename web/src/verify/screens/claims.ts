import { catalog, type CatalogClaim, type CatalogDocument } from '@giayto/verifier'
import { t } from '../../shared/lang.js'
import { listed } from '../../shared/when.js'

function findDocument(id: string): CatalogDocument | undefined {
  return catalog.documents.find((d) => d.id === id.slice(0, id.indexOf('/')))
}

/** Finds a claim of the catalogue by an id such as can_cuoc/name. */
export function findClaim(id: string): CatalogClaim | undefined {
  return findDocument(id)?.claims.find((c) => c.id === id.slice(id.indexOf('/') + 1))
}

/** The labels of claims such as can_cuoc/name, as a sentence has them: "họ và tên,
 * ngày sinh". The document is named where the same label stands twice. */
export function claimNames(claims: readonly string[]): string {
  const names = claims.map((id) => {
    const document = findDocument(id)
    const claim = findClaim(id)
    return { label: claim ? t(claim.labels) : id, document: document ? t(document.labels) : '' }
  })
  return listed(
    names.map((n, i) => (names.some((m, j) => j !== i && m.label === n.label) ? `${inside(n.label)} (${inside(n.document)})` : inside(n.label))),
  )
}

/** A label inside a sentence: no capital at its beginning, unless it is an
 * abbreviation or a name. */
function inside(label: string): string {
  const [first = '', second = ''] = label
  return second !== second.toUpperCase() || second === ' ' ? first.toLowerCase() + label.slice(first.length) : label
}
