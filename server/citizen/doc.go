// Package citizen owns the operations under /v1/citizen: signing in with an
// activation code, looking into the wallet, sharing by QR, the citizen's own
// history, and the inbox with its stream. Each handler reads strictly, makes one call of a use case, and
// writes the answer.
//
// It deliberately holds no rule of the product: who may share what is settled
// in disclosure, what a paper is worth in wallet, who is signed in in session.
// The owner always comes from the session and never from the request.
package citizen
