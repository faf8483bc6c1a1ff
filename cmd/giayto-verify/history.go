package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/giayto/giayto/catalog"
	"github.com/giayto/giayto/verifier"
)

// checkHistory answers for a consent history and returns the exit code.
func checkHistory(o *options, stdout io.Writer) (int, error) {
	root, rawList, err := o.trust()
	if err != nil {
		return exitUsage, err
	}
	text, err := readBounded(o.history, verifier.MaxHistory+1)
	if err != nil {
		return exitUsage, err
	}
	if o.check.Now.IsZero() {
		o.check.Now = time.Now()
	}
	list, verdict := verifier.OpenTrustList(rawList, root)
	var h *verifier.History
	if verdict == nil {
		h, verdict = verifier.OpenHistory(text, list, o.check.Now)
	}
	if verdict != nil {
		if err := show(stdout, *o, nil, verdict); err != nil {
			return exitUsage, err
		}
		var refusal *verifier.Refusal
		if errors.As(verdict, &refusal) && refusal.Reason.Info().Verdict == verifier.Unknown {
			return exitUnknown, nil
		}
		return exitNotEstablished, nil
	}
	if err := showHistory(stdout, *o, h); err != nil {
		return exitUsage, err
	}
	return exitEstablished, nil
}

// showHistory prints a history that counts.
func showHistory(w io.Writer, o options, h *verifier.History) error {
	if o.json {
		b, err := json.Marshal(struct {
			Verdict verifier.Verdict  `json:"verdict"`
			History *verifier.History `json:"history"`
		}{verifier.Established, h})
		if err == nil {
			_, err = fmt.Fprintln(w, string(b))
		}
		return err
	}
	say := func(t catalog.Text) string {
		if o.language == "en" {
			return t.EN
		}
		return t.VI
	}
	var b strings.Builder
	fmt.Fprintf(&b, "[✓] %s\n\n", say(catalog.Text{VI: "ĐÚNG", EN: "ESTABLISHED"}))
	all := catalog.Text{VI: "đủ mọi mục", EN: "every entry"}
	if !h.Complete {
		all = catalog.Text{VI: "chỉ những mục mới nhất", EN: "the newest entries only"}
	}
	fmt.Fprintf(&b, "%s %s · %s · %d (%s)\n", say(catalog.Text{VI: "Lịch sử chia sẻ của", EN: "Consent history of"}), h.Issuer,
		h.IssuedAt.Format(time.RFC3339), h.Count, say(all))
	for _, e := range h.Entries {
		what := catalog.Text{VI: "đã cho xem", EN: "shown"}
		if e.Outcome != "shared" {
			what = catalog.Text{VI: "không chia sẻ " + e.Code, EN: "not shared " + e.Code}
		}
		fmt.Fprintf(&b, "\n%s  %s", e.At.Format(time.RFC3339), say(what))
		for _, extra := range []string{e.Purpose, e.Audience} {
			if extra != "" {
				fmt.Fprintf(&b, " · %s", extra)
			}
		}
		b.WriteByte('\n')
		for _, d := range e.Documents {
			for _, c := range d.Claims {
				fmt.Fprintf(&b, "  %s\n", say(label(d.Document+"/"+c)))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
