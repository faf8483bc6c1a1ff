/** What a text is, as far as its form tells before it is checked. */
export type Kind = 'giayto' | 'card' | 'payment' | 'link' | 'other'

/** Tells a Giayto code from what else clerks point a camera at. Only giayto goes
 * to the verifier; the others are told apart so that the answer can help. */
export function classify(text: string): Kind {
  if (/^VN\d+:/.test(text)) return 'giayto'
  // The QR printed on a căn cước: number, old number or nothing, name, birth date,
  // separated by bars; some readers drop the empty field, cards of 2024 have more.
  if (/^\s*\d{12}\|/.test(text) && (text.match(/\|/g)?.length ?? 0) >= 4) return 'card'
  // A payment code begins with the format indicator of EMVCo's merchant-presented mode.
  if (text.startsWith('000201')) return 'payment'
  if (/^\s*https?:\/\//i.test(text)) return 'link'
  return 'other'
}
