import { type Claims } from './catalog.js';
import { type Verifier, type VerifierOptions } from './core.js';
export * from './core.js';
export { catalog, presets, type Claims, type DocumentId, type PresetId } from './catalog.js';
/** Makes a verifier with the catalogue of this release, or with yours. It opens
 * the list in the background: a list that no pinned root signed makes every
 * check end in trust_list_invalid. Throws only where WebCrypto is missing. */
export declare function createVerifier(options: Omit<VerifierOptions<Claims>, 'catalog'> & Partial<Pick<VerifierOptions<Claims>, 'catalog'>>): Verifier<Claims>;
