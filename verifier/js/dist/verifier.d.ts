import type { Catalog, ClaimsByDocument } from './catalogtypes.js';
import { type Policy } from './policy.js';
import { type ReplayStore } from './replay.js';
import { type UpdateResult, type VerifyResult } from './result.js';
import { type Newest } from './trustlist.js';
/** What a verifier works from. */
export interface VerifierOptions<C extends ClaimsByDocument = ClaimsByDocument> {
    /** The signed list as it was fetched or read from a file; without one, every
     * check ends in trust_list_missing until update is called. */
    readonly trustList?: string | Uint8Array | undefined;
    /** The pinned root, as a JWK; several while one succeeds another. */
    readonly rootKeys: JsonWebKey | readonly JsonWebKey[];
    /** What documents and claims mean. */
    readonly catalog: Catalog<C>;
    /** Remembers accepted presentations; by default in memory. */
    readonly replay?: ReplayStore;
    /** What newest() told when the page or process was last open. An older list is
     * then refused after a restart too, and the roots are those that the newest
     * list left: rootKeys count only where this is not given. */
    readonly newest?: Newest | undefined;
}
/** What one check expects. */
export interface Check<C extends ClaimsByDocument = ClaimsByDocument> {
    /** The moment of the check; by default the clock of this machine. */
    readonly now?: Date | number;
    /** Who checks. Given, the presentation must be made for exactly this audience;
     * not given, for nobody in particular. */
    readonly audience?: string | undefined;
    /** The challenge that this checker showed: 8 bytes, or 16 hexadecimal digits.
     * The rule is that of audience. */
    readonly nonce?: Uint8Array | string | undefined;
    readonly policy?: Policy<C>;
}
/** Checks presentations. It is safe to call while another call runs, and never
 * opens a network connection. */
export interface Verifier<C extends ClaimsByDocument = ClaimsByDocument> {
    /** Answers what the text of a QR establishes. On success the presentation is
     * remembered, so that a second showing is refused. It does not throw, whatever
     * the input; it rejects only where a ReplayStore of yours does. */
    verify(text: string, check?: Check<C>): Promise<VerifyResult<C>>;
    /** Offers a newer trust list. An older one, or another one under the same
     * version, is refused and the present one stays. */
    update(trustList: string | Uint8Array, now?: Date | number): Promise<UpdateResult>;
    /** What to store about the list in use; undefined when there is none. */
    newest(): Promise<Newest | undefined>;
}
/** Makes a verifier. It opens the list in the background: a list that no pinned
 * root signed makes every check end in trust_list_invalid. Throws only where
 * WebCrypto is missing (a page that is neither https nor localhost). */
export declare function createVerifier<C extends ClaimsByDocument>(options: VerifierOptions<C>): Verifier<C>;
/** Opens a trust list by itself, to show or to store it. */
export declare function openTrustList(trustList: string | Uint8Array, rootKeys: JsonWebKey | readonly JsonWebKey[], newest?: Newest, now?: Date | number): Promise<UpdateResult>;
