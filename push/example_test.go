package push_test

import (
	"context"
	"fmt"

	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/wallet"
)

// A sender turns a note into a message of its service, and says what the
// service made of it.
type printer struct{}

func (printer) Send(_ context.Context, n push.Note) push.Reply {
	fmt.Printf("to %s: something about %s, look into the inbox\n", n.Token, n.Category)
	return push.Reply{Verdict: push.Taken}
}

func ExampleSender() {
	var s push.Sender = printer{}
	rule := push.RuleOf(wallet.CredentialSuspended)
	reply := s.Send(context.Background(), push.Note{Token: "abc", Event: wallet.NewID(), Category: rule.Category, Lifetime: rule.Lifetime})
	fmt.Println(reply.Verdict == push.Taken)
	// Output:
	// to abc: something about credential, look into the inbox
	// true
}
