import type { Text } from './catalogtypes.js';
/** What a check ends in. */
export type Verdict = 'established' | 'not_established' | 'unknown';
/** The one cause of a verdict that is not established: a closed set. */
export type Reason = 'not_giayto' | 'malformed' | 'too_large' | 'unknown_key' | 'key_wrong_purpose' | 'key_not_valid' | 'key_revoked' | 'bad_signature' | 'not_yet_valid' | 'expired' | 'lifetime_too_long' | 'audience_mismatch' | 'challenge_mismatch' | 'replayed' | 'claim_invalid' | 'claim_missing' | 'claim_not_met' | 'status_revoked' | 'status_suspended' | 'status_withheld' | 'proof_missing' | 'proof_stale' | 'proof_invalid' | 'unsupported_version' | 'catalog_outdated' | 'trust_list_missing' | 'trust_list_invalid' | 'trust_list_rollback' | 'trust_list_too_old' | 'status_unknown' | 'clock_suspect';
/** The words for each verdict. */
export declare const verdicts: Readonly<Record<Verdict, Text>>;
/** What each reason means, and what the person at the counter should do. */
export declare const reasons: Readonly<Record<Reason, {
    readonly verdict: Exclude<Verdict, 'established'>;
    readonly why: Text;
    readonly do: Text;
}>>;
