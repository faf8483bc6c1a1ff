import { catalog } from '@giayto/verifier'
import { t } from '../../shared/lang.js'
import { listed } from '../../shared/when.js'

/** The labels of claims such as can_cuoc/name, as a sentence has them: "họ và tên,
 * ngày sinh". The document is named where the same label stands twice. */
export function claimNames(claims: readonly string[]): string {
  const names = claims.map((id) => {
    const slash = id.indexOf('/')
    const document = catalog.documents.find((d) => d.id === id.slice(0, slash))
    const claim = document?.claims.find((c) => c.id === id.slice(slash + 1))
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
