package credential

import (
	"errors"

	"github.com/giayto/giayto/disclosure/sdjwt"
	"github.com/giayto/giayto/verifier"
)

func refuse(reason verifier.Reason, detail string) *verifier.Refusal {
	return &verifier.Refusal{Reason: reason, Detail: detail}
}

// asRefusal takes the refusal out of an error of package verifier.
func asRefusal(err error) *verifier.Refusal {
	var r *verifier.Refusal
	if errors.As(err, &r) {
		return r
	}
	// Cannot be: those functions return nothing else. Not a good answer anyway.
	return refuse(verifier.ReasonMalformed, err.Error())
}

// reasonOf maps what sdjwt tells to what a checker tells. What is not here is a
// form that is no credential's, or no longer one: malformed.
var reasonOf = map[sdjwt.Reason]verifier.Reason{
	sdjwt.ReasonTooLarge:            verifier.ReasonTooLarge,
	sdjwt.ReasonTooManyDisclosures:  verifier.ReasonTooLarge,
	sdjwt.ReasonSignature:           verifier.ReasonBadSignature,
	sdjwt.ReasonExpired:             verifier.ReasonExpired,
	sdjwt.ReasonNotYetValid:         verifier.ReasonNotYetValid,
	sdjwt.ReasonIssuedInFuture:      verifier.ReasonNotYetValid,
	sdjwt.ReasonKeyBindingMissing:   verifier.ReasonProofMissing,
	sdjwt.ReasonKeyBinding:          verifier.ReasonProofInvalid,
	sdjwt.ReasonKeyBindingSignature: verifier.ReasonProofInvalid,
	sdjwt.ReasonHolderKey:           verifier.ReasonProofInvalid,
	sdjwt.ReasonDigestMismatch:      verifier.ReasonProofInvalid,
	sdjwt.ReasonKeyBindingTime:      verifier.ReasonProofStale,
	sdjwt.ReasonAudience:            verifier.ReasonAudienceMismatch,
	sdjwt.ReasonNonce:               verifier.ReasonChallengeMismatch,
}

func unreadable(err error) *verifier.Refusal {
	reason, ok := reasonOf[sdjwt.ReasonOf(err)]
	if !ok {
		reason = verifier.ReasonMalformed
	}
	return refuse(reason, err.Error())
}
