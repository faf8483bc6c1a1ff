package main

import (
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/verifier"
	"github.com/giayto/giayto/verifier/credential"
)

// credentialOptions are those that concern credentials alone.
type credentialOptions struct {
	status     string
	keyBinding bool
	policy     credential.StatusPolicy
}

func (c *credentialOptions) flags(f *flag.FlagSet) {
	f.StringVar(&c.status, "status", "", "`FILE` with the status of all credentials (a bundle); without it a credential's status is unknown")
	f.BoolVar(&c.keyBinding, "key-binding", false, "demand the holder's proof of a credential, for --audience and --nonce; each of these demands it too")
	f.Func("max-status-age", "greatest age of a credential's status, such as 24h (`DURATION`)", duration(&c.policy.MaxAge))
	f.Func("short-lived", "accept a credential that carries no status and lives no longer than this (`DURATION`)", duration(&c.policy.ShortLived))
	f.BoolVar(&c.policy.UnsafeAcceptUnknown, "unsafe-unknown-status", false, "accept a credential whose status nobody can tell: one that is revoked passes")
}

// duration reads a positive duration; zero would be no limit at all.
func duration(into *time.Duration) func(string) error {
	return func(text string) error {
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			return errors.New("a positive duration such as 24h")
		}
		*into = d
		return nil
	}
}

// statusOf reads the bundle; nil if none is given. verdict is a refusal of its
// content, err about the file.
func statusOf(o *options, list *verifier.TrustList, root *verifier.Key, memory *state) (status *credential.Status, verdict, err error) {
	if o.credential.status == "" {
		return nil, nil, nil
	}
	raw, err := readBounded(o.credential.status, credential.MaxStatusFile+1)
	if err != nil {
		return nil, nil, err
	}
	status, verdict = credential.OpenStatus(raw, list, o.check.Now)
	if verdict == nil && memory != nil {
		verdict = memory.acceptStatus(status, root)
	}
	var refusal *verifier.Refusal
	if errors.As(verdict, &refusal) {
		// The person at the counter is told what to do; whoever keeps the file,
		// what is wrong with it.
		o.note = o.credential.status + ": " + refusal.Detail
		info := list.Info(o.check.Now)
		refusal.TrustList = &info
		return nil, verdict, nil
	}
	return status, nil, nil
}

// checkCredential makes the check of a credential. memory is nil without --state.
func checkCredential(o *options, list *verifier.TrustList, root *verifier.Key, memory *state) (result *verifier.Result, verdict, err error) {
	status, verdict, err := statusOf(o, list, root, memory)
	if verdict != nil || err != nil {
		return nil, verdict, err
	}
	found, verdict := credential.Verify(o.text, credential.Check{
		Now: o.check.Now, RequireKeyBinding: o.credential.keyBinding, Audience: o.audience, Nonce: o.nonce,
		Policy: o.check.Policy, Status: o.credential.policy}, list, status)
	if verdict != nil {
		return nil, verdict, nil
	}
	return &found.Result, nil, nil
}

// credentialWords says what a credential does and does not establish.
func credentialWords(result *verifier.Result) []catalog.Text {
	// The day is that of Việt Nam, on which the last second lies.
	last := catalog.Today(result.ExpiresAt.Add(-time.Second)).String()
	year, rest, _ := strings.Cut(last, "-")
	month, day, _ := strings.Cut(rest, "-")
	said := []catalog.Text{{
		VI: fmt.Sprintf("Giấy tờ điện tử có hiệu lực đến hết ngày %s/%s/%s.", day, month, year),
		EN: fmt.Sprintf("The credential is valid until the end of %s/%s/%s.", day, month, year)}}
	if result.Status == nil {
		said = append(said, catalog.Text{
			VI: "Chưa kiểm tra được giấy tờ có đang bị giữ hay thu hồi không.",
			EN: "Whether the document is withheld or revoked has not been checked."})
	}
	if result.Audience == "" {
		said = append(said, catalog.Text{
			VI: "Không có chứng minh của người giữ: đây có thể là bản sao.",
			EN: "There is no proof of the holder: this may be a copy."})
	}
	return said
}

// statusAge tells how old the status behind an answer is.
func statusAge(old time.Duration) catalog.Text {
	vi, en, n := elapsed(old)
	return catalog.Text{VI: fmt.Sprintf("Tình trạng giấy tờ theo dữ liệu %d %s trước.", n, vi),
		EN: fmt.Sprintf("Status of the document as of %d %s ago.", n, en)}
}
