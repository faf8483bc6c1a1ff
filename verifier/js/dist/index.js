// @giayto/verifier, Apache-2.0. Built by make generate.
import{catalog as r}from"./catalog.js";import{createVerifier as t}from"./core.js";export*from"./core.js";import{catalog as f,presets as l}from"./catalog.js";function o(e){return t({...e,catalog:e.catalog??r})}export{f as catalog,o as createVerifier,l as presets};
