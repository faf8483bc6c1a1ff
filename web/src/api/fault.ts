import type { Text } from './client_gen.js'

/** What goes wrong on this side: the words of the server's own refusals come with
 * its answers. */
const OWN = {
  'network.offline': {
    vi: 'Không kết nối được với máy chủ. Hãy kiểm tra mạng rồi thử lại.',
    en: 'The server cannot be reached. Check the network and try again.',
  },
  'network.slow': {
    vi: 'Máy chủ chưa trả lời kịp. Hãy thử lại.',
    en: 'The server took too long to answer. Try again.',
  },
  'network.broken': {
    vi: 'Nhận được câu trả lời không đúng. Mạng này có thể đang đòi đăng nhập. Hãy thử lại sau ít phút.',
    en: 'The answer made no sense. This network may want you to sign in first. Try again in a few minutes.',
  },
  'passkey.cancelled': {
    vi: 'Chưa xác nhận bằng khóa của máy. Hãy thử lại khi sẵn sàng.',
    en: 'Not confirmed with the passkey of this device. Try again when you are ready.',
  },
  'passkey.here_already': {
    vi: 'Máy này đã có khóa của ví. Hãy dùng khóa đó.',
    en: 'This device already has a passkey of this wallet. Use that one.',
  },
  'passkey.unsupported': {
    vi: 'Trình duyệt này không dùng được khóa của máy. Hãy cập nhật trình duyệt hoặc dùng máy khác.',
    en: 'This browser cannot use passkeys. Update it or use another device.',
  },
  'passkey.failed': {
    vi: 'Máy không dùng được khóa. Hãy kiểm tra khóa màn hình rồi thử lại.',
    en: 'The device could not use a passkey. Check its screen lock and try again.',
  },
} as const satisfies Record<string, Text>

/** Codes that no server sends. */
export type OwnCode = keyof typeof OWN

/** Why something was not done. Its message is the code alone: no word of what was
 * asked or answered reaches a console or a report. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault'
  /** A code of openapi.yaml, one that a newer server knows, or an OwnCode. */
  readonly code: string
  /** Of the answer; 0 where there was none. */
  readonly status: number
  /** For people: what happened and what to do next. */
  readonly titles: Text
  /** The member of the request concerned, such as documents[0].claims[2]. */
  readonly field?: string
  /** Seconds to wait. */
  readonly retryAfter?: number

  constructor(fault: { code: string; status: number; titles: Text; field?: string | undefined; retryAfter?: number | undefined }) {
    super(fault.code)
    this.code = fault.code
    this.status = fault.status
    this.titles = { vi: fault.titles.vi, en: fault.titles.en }
    if (fault.field !== undefined) this.field = fault.field
    if (fault.retryAfter !== undefined) this.retryAfter = fault.retryAfter
  }
}

/** A fault of this side. status is that of the answer, if there was one. */
export function ownFault(code: OwnCode, status = 0): ApiFault {
  return new ApiFault({ code, status, titles: OWN[code] })
}
