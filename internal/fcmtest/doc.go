// Package fcmtest owns a server that speaks the part of Google's protocols that
// package push/fcm uses, as strictly as Google does: the token endpoint (RFC
// 7523), which checks the signature of the account, and projects.messages.send
// of FCM HTTP v1. Tests say how it answers and see what it was sent.
//
// It deliberately is no fake of our own code: it knows nothing of ours, and
// everything it sees came over a socket.
package fcmtest
