package storetest

import (
	"testing"

	"github.com/giayto/giayto/disclosure"
	"github.com/giayto/giayto/issuer"
	"github.com/giayto/giayto/issuer/status"
	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/server/session"
	"github.com/giayto/giayto/wallet"
)

// Store is everything a store has to do.
type Store interface {
	issuer.Store
	disclosure.Store
	session.Store
	wallet.Store
	status.Store
	push.Store
}

// Subject is a store under test.
type Subject interface {
	Store
	// Reopen closes the store and opens its data again, as a restarted server
	// would. The former store is not used after it.
	Reopen(t *testing.T) Subject
}

// Run holds a store to the suite. open gives an empty store that is closed
// when its test ends; it is called once for each test.
func Run(t *testing.T, open func(t *testing.T) Subject) {
	t.Helper()
	for _, group := range []struct {
		name  string
		tests []test
	}{
		{"issue", issueTests},
		{"wallet", walletTests},
		{"history", historyTests},
		{"report", reportTests},
		{"status", statusTests},
		{"due", dueTests},
		{"reminder", reminderTests},
		{"activation", activationTests},
		{"session", sessionTests},
		{"passkey", passkeyTests},
		{"push", pushTests},
		{"inbox", inboxTests},
		{"concurrency", concurrencyTests},
		{"durability", durabilityTests},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, tt := range group.tests {
				t.Run(tt.name, func(t *testing.T) { tt.run(t, open(t)) })
			}
		})
	}
}

type test struct {
	name string
	run  func(t *testing.T, s Subject)
}
