import { type NamedKey } from './jwk.js';
/** Reads the member next_root of a list (section 9 of the specification). The
 * list is the old root's word for the new one, the proof inside the new one's
 * word for the succession. Gives the new root, nothing where there is none, and
 * undefined if the member is wrong. */
export declare function successor(member: unknown, issuer: string, root: NamedKey): Promise<NamedKey[] | undefined>;
