// Package fcm owns how a message reaches a phone through Firebase Cloud
// Messaging (HTTP v1): it signs in with a service account, sends data messages
// that carry the id of an event and its category and nothing else, and says what
// the service made of them.
//
// It deliberately keeps no queue and tries nothing twice but a token of its own
// that was refused: when to try again is decided in package push. It is the only
// importer of the Firebase SDK, which brings several hundred packages along; a
// deployment can run it in a process of its own, away from the signing keys.
package fcm
