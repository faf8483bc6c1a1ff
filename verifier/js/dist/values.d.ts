import { type Value } from './cbor.js';
import type { CatalogClaim, CatalogDocument, Shape } from './catalogtypes.js';
/** A value of a claim. */
export type ClaimValue = string | number | boolean | null | readonly ClaimValue[] | {
    readonly [member: string]: ClaimValue;
};
/** Why a value is refused, the two reasons that section 8 keeps apart. */
export declare class ValueFault {
    readonly reason: 'claim_invalid' | 'catalog_outdated';
    constructor(reason: 'claim_invalid' | 'catalog_outdated');
}
/** Reads a value that came with a presentation. */
export declare function fromWire(shape: Shape, wire: Value): ClaimValue | ValueFault;
/** A document of the catalogue, its claims by wire key. */
export interface IndexedDocument {
    readonly document: CatalogDocument;
    readonly byKey: Map<Value, CatalogClaim>;
}
/** Finds documents by their wire code. */
export declare function indexDocuments(documents: readonly CatalogDocument[]): Map<Value, IndexedDocument>;
