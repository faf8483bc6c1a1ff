export { catalog, presets, type Claims, type DocumentId, type PresetId } from './catalog_gen.js';
