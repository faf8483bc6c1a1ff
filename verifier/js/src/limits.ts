// Limits of profile 1 (sections 9 and 13 of the specification), the same as in
// the Go packages qr and verifier. Each is checked before anything is parsed.

/** Bytes of a message, after inflating. */
export const MAX_MESSAGE = 2048
/** Bytes of UTF-8 of a text: the plain frame of the largest message. */
export const MAX_TEXT = 'VN1:'.length + (MAX_MESSAGE / 2) * 3
export const MAX_DOCUMENTS = 4
/** Fields of a document, its code not counted. */
export const MAX_FIELDS = 48
/** Elements of an array or pairs of a map. */
export const MAX_ELEMENTS = 64
export const MAX_DEPTH = 8
/** Bytes of UTF-8 of an audience. */
export const MAX_AUDIENCE = 64
/** Bytes of a token id and of a challenge. */
export const ID_SIZE = 8
/** The last second of the year 9999. */
export const MAX_TIME = 253402300799
/** Bytes of a trust list without the white space around it. */
export const MAX_TRUST_LIST = 4 << 20
/** Levels below the outermost object of what a root signs. */
export const MAX_LIST_DEPTH = 16
export const MAX_TRUSTED_KEYS = 4096
/** Certificates of certificate authorities in a list. */
export const MAX_AUTHORITIES = 8
/** Bytes of the reason of a revocation. */
export const MAX_REASON = 128
/** Bytes of the proof of a succession. */
export const MAX_PROOF = 4096
/** Bounds of the rules of a list, in seconds. */
export const MAX_LIFETIME = 600
export const MAX_BOUND_LIFETIME = 86400
export const MAX_SKEW = 300
export const MAX_GRACE = 90 * 86400
/** Code points of a text and items of a list, where the catalogue does not tell. */
export const DEFAULT_MAX_LENGTH = 200
export const DEFAULT_MAX_ITEMS = 32
/** Combining marks in a row in a text, and in an audience (UAX #15 section 13). */
export const MAX_MARKS = 4
export const MAX_AUDIENCE_MARKS = 30
/** Presentations that the replay memory holds. */
export const DEFAULT_REPLAY_ENTRIES = 1 << 16
