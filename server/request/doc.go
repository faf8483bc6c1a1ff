// Package request owns the strict reading of what a client sends: JSON bodies,
// register exports and query parameters. What is not exactly as documented is
// refused, because a member that is passed over in silence is a wish that was
// not fulfilled ("dryrun" imports in earnest).
//
// It deliberately judges form alone: what a value means is for the use case.
// Everything it returns is a copy that outlives the request.
package request
