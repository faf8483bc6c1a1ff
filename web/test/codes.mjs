// Texts that checkers meet, and their pictures.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer'
import { createVerifier } from '../../verifier/js/dist/index.js'

const wasm = createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm')
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm) } })

/** Draws a text as a QR: a PNG of whole pixels with its quiet zone. */
export async function draw(text) {
  const { error, image } = await writeBarcode(text, { format: 'QRCode', ecLevel: 'M', scale: 8, withQuietZones: true })
  if (error) throw new Error(error)
  return Buffer.from(await image.arrayBuffer())
}

/** Changes one character of a text so that it still reads as a presentation and
 * its signature is wrong: what a forger would make. */
export async function forge(text, server) {
  const trustList = await (await fetch(server.origin + '/v1/public/trust-list')).text()
  const verifier = createVerifier({ trustList, rootKeys: server.root })
  for (let at = text.length - 1; at > 4; at--) {
    const forged = text.slice(0, at) + (text[at] === '7' ? '5' : '7') + text.slice(at + 1)
    if ((await verifier.verify(forged)).reason === 'bad_signature') return forged
  }
  throw new Error('no character to change')
}

/** A number field of the EMV standard for payment codes. */
const emv = (id, value) => id + String(value.length).padStart(2, '0') + value

/** CRC-16/CCITT-FALSE, with which payment codes end. */
function crc(text) {
  let register = 0xffff
  for (const byte of Buffer.from(text)) {
    register ^= byte << 8
    for (let bit = 0; bit < 8; bit++) register = register & 0x8000 ? ((register << 1) ^ 0x1021) & 0xffff : (register << 1) & 0xffff
  }
  return register.toString(16).toUpperCase().padStart(4, '0')
}

function payment() {
  const account = emv('00', 'A000000727') + emv('01', emv('00', '970400') + emv('01', '0011223344')) + emv('02', 'QRIBFTTA')
  const body = emv('00', '01') + emv('01', '11') + emv('38', account) + emv('53', '704') + emv('58', 'VN') + '6304'
  return body + crc(body)
}

/** QRs that are not Giayto's, by the kind that the page should tell. */
export const foreign = {
  card: '001300000777|123456789|NGUYỄN THỊ VÍ DỤ|01022000|Nữ|Số 1, đường Ví Dụ, Phường Ví Dụ, Thành phố Hà Nội|01022021',
  payment: payment(),
  link: 'https://example.com/menu?table=12',
  other: 'WIFI:T:WPA;S:Cafe;P:caphesua;;',
}

/** A text in a coding that this version does not know. */
export const newer = 'VN3:7WA6 4B2F+8G%ABTHC'
