// Package interop holds what Giayto issues against libraries that others wrote,
// and what they issue against ours. It has tests only, and a script for Node.js
// (foreign.mjs) that drives the packages @sd-jwt/* from npm, pinned in
// package.json and package-lock.json.
//
// It owns the proof that others can read us and that we can read others. It
// deliberately does not prove that we are strict: the foreign library is lenient
// (it accepts disclosures that nothing refers to, and inflates a status list
// without bound). The strict rules are tested in disclosure/sdjwt.
//
// Nothing of it is part of the product. Without npm the tests are skipped, except
// where CI=true is set. The script opens no connection but to the base URL that a
// test names.
package interop
