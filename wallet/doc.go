// Package wallet owns what a citizen owns: the citizen, the devices, the
// holdings (issued credentials with the values behind them) and the events
// that tell the citizen what happened.
//
// It deliberately does not issue credentials (package issuer), does not decide
// what may be shared (package disclosure), and does not store anything itself:
// stores are handed in, and every question to them names the owner, so that
// somebody else's record is simply not found.
package wallet
