// Package catalog owns what Giayto knows about documents: which documents
// exist, which claims they have, how each claim is written, checked,
// normalised, labelled, disclosed and carried in a QR, which claims are derived
// from others and by which rule, and which sets of claims a situation may ask
// for (presets). It is read from JSON files, so that a further document is data
// and not code.
//
// It deliberately does not own persons, credentials, signatures, keys, storage
// or time: the caller gives the moment and the values, and receives values or
// violations. It imports nothing else of Giayto.
package catalog
