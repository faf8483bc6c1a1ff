// The catalogue of documents: what they and their claims are called, and which
// values a claim may have. It is data alone.

export { catalog, presets, type Claims, type DocumentId, type PresetId } from './catalog_gen.js'
