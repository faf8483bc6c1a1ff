// The verifier without a catalogue, for whoever brings another one.

export { createVerifier, openTrustList, type Check, type Verifier, type VerifierOptions } from './verifier.js'
export { presetPolicy, type Policy } from './policy.js'
export { MemoryReplay, UnsafeAcceptReplays, type ReplayStore } from './replay.js'
export type { Established, EstablishedClaim, EstablishedDocument, Refused, UpdateResult, VerifyResult } from './result.js'
export { reasons, verdicts, type Reason, type Verdict } from './reasons_gen.js'
export type { Catalog, CatalogClaim, CatalogDocument, ClaimsByDocument, EnumValue, Member, Preset, Requirement, Shape, Text, ValueType } from './catalogtypes.js'
export type { Newest, TrustListInfo } from './trustlist.js'
export type { ClaimValue } from './values.js'
