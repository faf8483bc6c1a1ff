// Package status owns the published status lists: it keeps the lists of all
// agencies in memory, built from storage when the server starts, signs them
// when an entry has changed and before a copy grows stale, and gives the bytes
// that everybody may fetch.
//
// It deliberately does not change a status or give away a position (package
// issuer), does not know the form of a token (package disclosure/statuslist),
// choose keys or serve HTTP, and starts no goroutine: whoever owns the clock
// calls Refresh. What storage cannot vouch for is not published.
package status
