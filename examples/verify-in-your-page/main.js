// A page of yours that checks codes: the text comes from a form here, and from
// a scanner in a shop. Everything but the two files is in the bundle.
import { createVerifier } from '@giayto/verifier'

const [trustList, root] = await Promise.all(['trust-list.jws', 'root.jwk'].map(async (file) => (await fetch(file)).text()))
const verifier = createVerifier({ trustList, rootKeys: JSON.parse(root) }) // one for all checks: it knows what was shown
const form = document.querySelector('form')
const output = document.querySelector('output')

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  const answer = await verifier.verify(new FormData(form).get('text'))
  output.replaceChildren(...(answer.verdict === 'established' ? established(answer) : refused(answer)))
})

function line(tag, text) {
  const element = document.createElement(tag)
  element.textContent = text
  return element
}

function established({ documents }) {
  return documents.flatMap(({ label, claims }) => [line('h2', `✓ ${label.vi}`), ...claims.map((c) => line('p', `${c.label.vi}: ${c.text.vi}`))])
}

function refused({ verdict, why, do: advice }) {
  return [line('h2', verdict === 'unknown' ? '? Chưa thể kết luận' : '✗ Không chấp nhận'), line('p', why.vi), line('p', advice.vi)]
}
