import type { ClaimsByDocument, Preset, Requirement } from './catalogtypes.js';
import type { EstablishedDocument, Refused } from './result.js';
/** What a kind of checker asks beyond the signature. */
export interface Policy<C extends ClaimsByDocument = ClaimsByDocument> {
    /** Claims that must be present, in every document of their kind. */
    readonly require?: readonly Requirement<C>[];
    /** Claims that must be present and true. */
    readonly requireTrue?: readonly Requirement<C>[];
    /** Tightens the trust list's own rule. */
    readonly maxTrustListAgeSeconds?: number;
}
/** Judges a policy (step 12). That something is missing comes before that an
 * answer is no: the person can mend the former. */
export declare function judgePolicy<C extends ClaimsByDocument>(policy: Policy<C>, documents: readonly EstablishedDocument[]): Refused<C> | undefined;
/** Asks for what a preset requires, and for a yes where it needs one. */
export declare function presetPolicy<C extends ClaimsByDocument>(preset: Preset<C>): Policy<C>;
