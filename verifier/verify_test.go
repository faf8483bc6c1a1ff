package verifier_test

import (
	"testing"
	"time"

	"github.com/giayto/giayto/qr"
	"github.com/giayto/giayto/verifier"
)

// scene is one check; steps is what may be wrong with it, in the order in which
// a checker finds out. Each scene has every later fault at once, so that the
// reason shows the order of the steps, which is part of the format.
type scene struct {
	text  string
	token verifier.Token
	key   string
	list  *verifier.TrustList
	check verifier.Check
}

// step is a reason and what brings it about.
type step struct {
	reason verifier.Reason
	fault  func(*scene)
}

// stepsInOrder are all steps of a check; the last is the one without a fault.
func stepsInOrder(t *testing.T) []step {
	listed := func(change func(*verifier.TrustList)) *verifier.TrustList {
		l := draft(t, 1)
		l.Keys = append(l.Keys, entry(t, "faulty"))
		change(&l)
		return open(t, l)
	}
	past := noon.Add(-time.Minute)
	wrongPurpose := func(l *verifier.TrustList) {
		l.Keys[1].Purpose, l.Keys[1].RevokedAt, l.Keys[1].NotAfter = "credential/c06", &past, past.Add(-time.Hour)
	}
	return []step{
		{verifier.ReasonNotGiayto, func(s *scene) { s.text = "hello" }},
		{verifier.ReasonTrustListMissing, func(s *scene) { s.list = nil }},
		{verifier.ReasonClockSuspect, func(s *scene) {
			s.list = listed(func(l *verifier.TrustList) { wrongPurpose(l); l.IssuedAt = noon.Add(31 * time.Second) })
		}},
		{verifier.ReasonTrustListTooOld, func(s *scene) { s.check.Policy.MaxTrustListAge = time.Second }},
		{verifier.ReasonUnknownKey, func(s *scene) { s.key = "stranger" }},
		{verifier.ReasonKeyWrongPurpose, func(s *scene) { s.key, s.list = "faulty", listed(wrongPurpose) }},
		{verifier.ReasonKeyRevoked, func(s *scene) {
			s.key = "faulty"
			s.list = listed(func(l *verifier.TrustList) { wrongPurpose(l); l.Keys[1].Purpose = verifier.PurposeDisclosure })
		}},
		{verifier.ReasonKeyNotValid, func(s *scene) {
			s.key = "faulty"
			s.list = listed(func(l *verifier.TrustList) { l.Keys[1].NotAfter = past })
		}},
		{verifier.ReasonLifetimeTooLong, func(s *scene) { s.token.ExpiresAt = noon.Add(time.Hour).Unix() }},
		{verifier.ReasonAudienceMismatch, func(s *scene) { s.token.Audience = "bank.example" }},
		{verifier.ReasonChallengeMismatch, func(s *scene) { s.check.Nonce = make([]byte, 8) }},
		{verifier.ReasonProofMissing, func(s *scene) {
			s.token.IssuedAt, s.token.Confirmation = noon.Unix(), []byte{0xa1, 0x01, 0xa0}
		}},
		{verifier.ReasonCatalogOutdated, func(s *scene) { s.token.Documents[0].Fields[9999] = true }},
		{verifier.ReasonClaimInvalid, func(s *scene) { s.token.Documents[0].Fields[1] = "seven" }},
		{verifier.ReasonClaimMissing, func(s *scene) {
			s.check.Policy.Require = []verifier.Requirement{{Document: "can_cuoc", Claim: "sex"}}
		}},
		{verifier.ReasonClaimNotMet, func(s *scene) {
			s.check.Policy.RequireTrue = []verifier.Requirement{{Document: "can_cuoc", Claim: "name"}}
		}},
		{"", func(*scene) {}},
	}
}

func TestOrderOfSteps(t *testing.T) {
	steps := stepsInOrder(t)
	for i := range steps {
		s := scene{token: name(1), key: "disclosure", check: verifier.Check{Now: noon}}
		s.list = open(t, draft(t, 1))
		for j := len(steps) - 1; j >= i; j-- { // later faults first, so that the earlier ones win where they share a field
			if steps[i].reason == verifier.ReasonProofMissing || steps[j].reason != verifier.ReasonProofMissing {
				steps[j].fault(&s)
			}
		}
		text := s.text
		if text == "" {
			text = show(t, s.token, s.key)
		}
		result, err := verifier.New(s.list, verifier.Options{}).Verify(text, s.check)
		if got := reasonOf(t, result, err); got != steps[i].reason {
			t.Errorf("step %d: %q (%v), want %q", i, got, err, steps[i].reason)
		}
	}
}

// A wrong signature ends the check before anything that the token says.
func TestNothingIsBelievedUnsigned(t *testing.T) {
	key := testKey(t, "disclosure")
	token := name(1)
	token.ExpiresAt, token.Audience = noon.Add(-time.Hour).Unix(), "bank.example"
	token.Documents[0].Fields[9999] = true
	message := ok(token.Sign(repeatable{key}, named(t, key).ID))(t)
	message[len(message)-1] ^= 1
	result, err := verifier.New(open(t, draft(t, 1)), verifier.Options{}).Verify(ok(qr.Encode(message))(t), verifier.Check{Now: noon})
	if got := reasonOf(t, result, err); got != verifier.ReasonBadSignature {
		t.Fatal(got)
	}
	if refusal := err.(*verifier.Refusal); !refusal.ExpiresAt.IsZero() || refusal.TrustList == nil || refusal.TrustList.Version != 1 || refusal.TrustList.Age != time.Hour {
		t.Errorf("%+v", refusal)
	}
}

func TestAudienceAndNonce(t *testing.T) {
	list := open(t, draft(t, 1))
	nonce, other := []byte{1, 2, 3, 4, 5, 6, 7, 8}, []byte{1, 2, 3, 4, 5, 6, 7, 9}
	for _, c := range []struct {
		name                string
		madeFor, checkedBy  string
		answered, challenge []byte
		want                verifier.Reason
	}{
		{"neither", "", "", nil, nil, ""},
		{"both right", "khách sạn", "khách sạn", nonce, nonce, ""},
		{"an empty challenge is none", "", "", nil, []byte{}, ""},
		{"the same word in NFD", "khách sạn", "kha\u0301ch sa\u0323n", nil, nil, ""},
		{"the same word without its marks", "khách sạn", "khach san", nil, nil, verifier.ReasonAudienceMismatch},
		{"another case", "bank.example", "Bank.example", nil, nil, verifier.ReasonAudienceMismatch},
		{"a part of it", "bank.example", "bank", nil, nil, verifier.ReasonAudienceMismatch},
		{"for somebody, checked by anybody", "bank.example", "", nil, nil, verifier.ReasonAudienceMismatch},
		{"for anybody, checked by somebody", "", "bank.example", nil, nil, verifier.ReasonAudienceMismatch},
		{"another challenge", "", "", nonce, other, verifier.ReasonChallengeMismatch},
		{"a part of the challenge", "", "", nonce, nonce[:7], verifier.ReasonChallengeMismatch},
		{"answered and not asked", "", "", nonce, nil, verifier.ReasonChallengeMismatch},
		{"asked and not answered", "", "", nil, nonce, verifier.ReasonChallengeMismatch},
		{"both wrong", "a", "b", nonce, other, verifier.ReasonAudienceMismatch},
	} {
		token := name(1)
		token.Audience, token.Nonce = c.madeFor, c.answered
		v := verifier.New(list, verifier.Options{})
		result, err := v.Verify(show(t, token, "disclosure"), verifier.Check{Now: noon, Audience: c.checkedBy, Nonce: c.challenge})
		if got := reasonOf(t, result, err); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if result != nil && result.Audience != c.madeFor {
			t.Errorf("%s: audience %q", c.name, result.Audience)
		}
	}
}

// What the catalogue does not know weighs more than what it finds wrong: the
// reader is outdated and cannot judge the rest either.
func TestOutdatedBeforeInvalid(t *testing.T) {
	token := name(1)
	token.Documents = []verifier.TokenDocument{
		{Code: 1, Fields: map[uint64]any{1: "not a number", 2: "A"}}, {Code: 1<<63 + 1, Fields: map[uint64]any{1: "A"}}}
	result, err := verifier.New(open(t, draft(t, 1)), verifier.Options{}).Verify(show(t, token, "disclosure"), verifier.Check{Now: noon})
	if got := reasonOf(t, result, err); got != verifier.ReasonCatalogOutdated {
		t.Errorf("%q", got)
	}
}

// Facts of two papers of one kind never answer for each other.
func TestTwoOfAKind(t *testing.T) {
	vehicle := func(fields map[uint64]any) verifier.TokenDocument {
		return verifier.TokenDocument{Code: 3, Fields: fields}
	}
	token := name(1)
	token.Documents = []verifier.TokenDocument{vehicle(map[uint64]any{14: true}), vehicle(map[uint64]any{1: "51K12345", 14: false})}
	v := verifier.New(open(t, draft(t, 1)), verifier.Options{Replay: verifier.UnsafeAcceptReplays{}})
	text := show(t, token, "disclosure")
	result, err := v.Verify(text, verifier.Check{Now: noon})
	if reasonOf(t, result, err) != "" {
		t.Fatal(err)
	}
	if c, found := result.Claim("dang_ky_xe", "registration_number"); found {
		t.Errorf("the second vehicle's %s stands beside the first one's facts", c.ID)
	}
	if c, found := result.Claim("dang_ky_xe", "registration_valid"); !found || c.Value != true {
		t.Error("the first vehicle's claim is not found")
	}
	if c, found := result.Documents[1].Claim("registration_number"); !found || c.Value != "51K12345" {
		t.Error("the second vehicle's plate is not found")
	}
	if _, found := result.Claim("gplx", "name"); found {
		t.Error("a document that is not there has a claim")
	}
	valid := verifier.Requirement{Document: "dang_ky_xe", Claim: "registration_valid"}
	for _, c := range []struct {
		policy verifier.Policy
		want   []string
		reason verifier.Reason
	}{
		{verifier.Policy{Require: []verifier.Requirement{valid}}, nil, ""},
		{verifier.Policy{RequireTrue: []verifier.Requirement{valid}}, []string{"dang_ky_xe/registration_valid"}, verifier.ReasonClaimNotMet},
		{verifier.Policy{Require: []verifier.Requirement{valid, {Document: "dang_ky_xe", Claim: "registration_number"}}, RequireTrue: []verifier.Requirement{valid}},
			[]string{"dang_ky_xe/registration_number"}, verifier.ReasonClaimMissing},
		{verifier.Policy{Require: []verifier.Requirement{{Document: "gplx", Claim: "name"}}, RequireTrue: []verifier.Requirement{{Document: "gplx", Claim: "name"}}},
			[]string{"gplx/name"}, verifier.ReasonClaimMissing},
	} {
		result, err := v.Verify(text, verifier.Check{Now: noon, Policy: c.policy})
		reason := reasonOf(t, result, err)
		if c.reason == "" && reason == "" {
			continue
		}
		if missing := err.(*verifier.Refusal).Missing; reason != c.reason || len(missing) != len(c.want) || missing[0] != c.want[0] {
			t.Errorf("%s, missing %v, want %v", reason, missing, c.want)
		}
	}
}

// Without a moment the machine's clock counts.
func TestClockOfTheMachine(t *testing.T) {
	now := time.Now()
	l := draft(t, 1)
	l.IssuedAt, l.NextUpdate = now.Add(-time.Hour), now.Add(time.Hour)
	l.Keys[0].NotBefore, l.Keys[0].NotAfter = now.Add(-time.Hour), now.Add(time.Hour)
	l.Rules.ClockSkew, l.Rules.MaxLifetime = 300, 600
	token := name(1)
	token.ExpiresAt = now.Add(5 * time.Minute).Unix()
	result, err := verifier.New(open(t, l), verifier.Options{}).Verify(show(t, token, "disclosure"), verifier.Check{})
	if got := reasonOf(t, result, err); got != "" {
		t.Errorf("%v", err)
	}
}
