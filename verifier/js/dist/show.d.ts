import type { Shape, Text } from './catalogtypes.js';
import type { ClaimValue } from './values.js';
/** Returns what a person reads of a value that has passed the catalogue. */
export declare function show(shape: Shape, value: ClaimValue): Text;
