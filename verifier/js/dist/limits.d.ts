/** Bytes of a message, after inflating. */
export declare const MAX_MESSAGE = 2048;
/** Bytes of UTF-8 of a text: the plain frame of the largest message. */
export declare const MAX_TEXT: number;
export declare const MAX_DOCUMENTS = 4;
/** Fields of a document, its code not counted. */
export declare const MAX_FIELDS = 48;
/** Elements of an array or pairs of a map. */
export declare const MAX_ELEMENTS = 64;
export declare const MAX_DEPTH = 8;
/** Bytes of UTF-8 of an audience. */
export declare const MAX_AUDIENCE = 64;
/** Bytes of a token id and of a challenge. */
export declare const ID_SIZE = 8;
/** The last second of the year 9999. */
export declare const MAX_TIME = 253402300799;
/** Bytes of a trust list without the white space around it. */
export declare const MAX_TRUST_LIST: number;
/** Levels below the outermost object of what a root signs. */
export declare const MAX_LIST_DEPTH = 16;
export declare const MAX_TRUSTED_KEYS = 4096;
/** Certificates of certificate authorities in a list. */
export declare const MAX_AUTHORITIES = 8;
/** Bytes of the reason of a revocation. */
export declare const MAX_REASON = 128;
/** Bytes of the proof of a succession. */
export declare const MAX_PROOF = 4096;
/** Bounds of the rules of a list, in seconds. */
export declare const MAX_LIFETIME = 600;
export declare const MAX_BOUND_LIFETIME = 86400;
export declare const MAX_SKEW = 300;
export declare const MAX_GRACE: number;
/** Code points of a text and items of a list, where the catalogue does not tell. */
export declare const DEFAULT_MAX_LENGTH = 200;
export declare const DEFAULT_MAX_ITEMS = 32;
/** Combining marks in a row in a text, and in an audience (UAX #15 section 13). */
export declare const MAX_MARKS = 4;
export declare const MAX_AUDIENCE_MARKS = 30;
/** Presentations that the replay memory holds. */
export declare const DEFAULT_REPLAY_ENTRIES: number;
