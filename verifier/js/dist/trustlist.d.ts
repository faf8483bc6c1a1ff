import { type Moment } from './civil.js';
import { type NamedKey } from './jwk.js';
import type { Reason } from './reasons_gen.js';
/** Tolerances that a list carries, in seconds. */
export interface Rules {
    readonly maxLifetime: number;
    readonly maxBoundLifetime: number;
    readonly clockSkew: number;
    /** After nextUpdate, until the list is too old. */
    readonly grace: number;
}
export interface TrustedKey extends NamedKey {
    readonly purpose: string;
    readonly notBefore: Moment;
    readonly notAfter: Moment;
    readonly revokedAt?: Moment;
}
/** What to remember of the newest list: with it, a rollback is told after a
 * restart too, and a root that has handed over to another is trusted no more. It
 * is plain data and can be stored as JSON. */
export interface Newest {
    readonly version: number;
    /** SHA-256 of the signed content, base64url. */
    readonly digest: string;
    /** The roots whose lists may follow: the one that signed, then the successor
     * that the list names. */
    readonly roots: readonly JsonWebKey[];
}
/** What an answer tells about the list behind it. */
export interface TrustListInfo {
    readonly version: number;
    readonly issuedAt: Date;
    readonly nextUpdate: Date;
    /** Since issuedAt, at the moment of the check. */
    readonly ageSeconds: number;
}
/** A list that a pinned root signed. Only openTrustList makes one. */
export interface TrustList {
    readonly version: number;
    readonly issuer: string;
    readonly issuedAt: Moment;
    readonly nextUpdate: Moment;
    readonly rules: Rules;
    readonly newest: Newest;
    /** The keys behind newest.roots. */
    readonly roots: readonly NamedKey[];
    /** By key id, in the order of the list. */
    readonly keys: ReadonlyMap<string, readonly TrustedKey[]>;
}
/** Opens a list that one of the trusted roots signed; undefined if the list is
 * invalid. It never throws. */
export declare function open(list: unknown, roots: readonly NamedKey[]): Promise<TrustList | undefined>;
/** Reports whether a list may be used where another one has been seen: the same
 * list again may, another under the same version may not. */
export declare function supersedes(list: Newest, older: Pick<Newest, 'version' | 'digest'>): boolean;
/** Describes a list at a moment. */
export declare function describe(list: TrustList, now: number): TrustListInfo;
/** Judges the list and the clock against each other (step 5). */
export declare function freshness(list: TrustList, now: number, maxAgeSeconds?: number): Reason | undefined;
/** Tells why a key that made a signature does not count (step 6). */
export declare function judgeKey(key: TrustedKey, now: number, skewSeconds: number): Reason | undefined;
