package push

import (
	"strings"
	"time"

	"github.com/giayto/giayto/wallet"
)

// Category is all that a message tells of its event. There are few, so that a
// service learns little from them.
type Category string

// The categories.
const (
	CategoryCredential Category = "credential" // something about a paper
	CategorySharing    Category = "sharing"    // something was shared
	CategorySecurity   Category = "security"   // something about who may use the wallet
)

// Rule says how events of a kind are told.
type Rule struct {
	// Told: they enter the inbox. What is not told only stands among the
	// events of the wallet.
	Told     bool
	Category Category
	// Lifetime is how long after the event a message is worth sending. A phone
	// that was away for longer finds the event in its inbox.
	Lifetime time.Duration
	// Urgent messages may wake a phone that sleeps.
	Urgent bool
	// OthersOnly: the event's device did it itself and is sent no message. Of
	// other kinds it is what the event happened to, or what a copied token acts
	// in the name of, and often the only device: it is sent one too.
	OthersOnly bool
}

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// RuleOf is the rule for a kind. A kind that is not known here is told as a
// matter of security: better once too often than never.
func RuleOf(kind wallet.EventKind) Rule {
	switch kind {
	case wallet.CredentialRenewed, wallet.CredentialSuperseded:
		// Signed anew with the same content; and the new credential that takes
		// the place of another is told itself.
		return Rule{}
	}
	if kind == wallet.AccessRefused {
		// Anybody can be refused, as often as they like: it is told, and rings
		// nowhere in the night.
		return Rule{Told: true, Category: CategorySecurity, Lifetime: day}
	}
	rule := ruleOfGroup(kind)
	rule.OthersOnly = kind == wallet.DeviceEnrolled || kind == wallet.PresentationMinted || kind == wallet.PresentationReported
	return rule
}

func ruleOfGroup(kind wallet.EventKind) Rule {
	switch group, _, _ := strings.Cut(string(kind), "."); group {
	case "credential":
		return Rule{Told: true, Category: CategoryCredential, Lifetime: week}
	case "presentation":
		return Rule{Told: true, Category: CategorySharing, Lifetime: day, Urgent: true}
	default:
		return Rule{Told: true, Category: CategorySecurity, Lifetime: week, Urgent: true}
	}
}
