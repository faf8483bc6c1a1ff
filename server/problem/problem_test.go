package problem_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/problem"
)

// answer of one error: status, body and what was logged.
func answer(t testing.TB, err error, language string) (*http.Response, problem.Details, string, string) {
	t.Helper()
	var log bytes.Buffer
	app := fiber.New(fiber.Config{ErrorHandler: problem.Handler(slog.New(slog.NewJSONHandler(&log, nil)),
		func(*fiber.Ctx) string { return "id-1" })})
	app.Get("/", func(*fiber.Ctx) error { return err })
	r := httptest.NewRequest("GET", "/", nil)
	if language != "" {
		r.Header.Set("Accept-Language", language)
	}
	response, testErr := app.Test(r)
	if testErr != nil {
		t.Fatal(testErr)
	}
	body, _ := io.ReadAll(response.Body)
	var d problem.Details
	if err := json.Unmarshal(body, &d); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return response, d, string(body), log.String()
}

// TestEveryCodeHasItsTexts, and nothing else is in the file.
func TestEveryCodeHasItsTexts(t *testing.T) {
	raw, err := os.ReadFile("texts.json")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]struct{ VI, EN string }
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(raw, []byte(`"vi"`)); n != len(file) {
		t.Errorf("%d entries, %d codes: one stands twice", n, len(file))
	}
	seen := map[string]fault.Code{}
	for _, code := range fault.Codes() {
		text, ok := problem.Titles(code)
		if !ok || text.VI != file[string(code)].VI || text.EN != file[string(code)].EN {
			t.Errorf("%s: no texts", code)
			continue
		}
		delete(file, string(code))
		for _, s := range []string{text.VI, text.EN} {
			if s == "" || !norm.NFC.IsNormalString(s) || !strings.HasSuffix(s, ".") || utf8.RuneCountInString(s) > 120 {
				t.Errorf("%s: %q", code, s)
			}
			if other, twice := seen[s]; twice {
				t.Errorf("%s and %s say the same: %q", code, other, s)
			}
			seen[s] = code
		}
	}
	for code := range file {
		t.Errorf("texts.json has %s, which is no code", code)
	}
}

func TestStatuses(t *testing.T) {
	for code, want := range map[fault.Code]int{
		"internal": 500, "request.malformed": 400, "request.too_large": 413, "request.unsupported_media_type": 415,
		"request.method_not_allowed": 405, "request.no_such_route": 404, "request.too_many": 429, "service.unavailable": 503,
		"session.missing": 401, "activation.used": 410, "activation.too_many_tries": 429, "issuer.agency_not_allowed": 403,
		"wallet.credential_unknown": 404, "disclosure.over_asking": 422, "disclosure.presentation_expired": 410,
	} {
		if got := problem.Status(code); got != want {
			t.Errorf("%s: %d, want %d", code, got, want)
		}
	}
	for _, code := range fault.Codes() {
		if s := problem.Status(code); s < 400 || s > 599 {
			t.Errorf("%s: status %d", code, s)
		}
	}
}

func TestFaultsAreTold(t *testing.T) {
	err := fmt.Errorf("wrapped: %w", fault.New(fault.CodeClaimUnknown, "the document has no such claim").At("documents[0].claims[1]"))
	response, d, body, log := answer(t, err, "en-GB")
	want := problem.Details{Type: "urn:giayto:problem:disclosure.claim_unknown", Title: "The document has no such information.",
		Status: 400, Code: fault.CodeClaimUnknown, Detail: "the document has no such claim", Field: "documents[0].claims[1]",
		Titles: d.Titles, RequestID: "id-1"}
	if d != want || d.Titles.VI == "" || response.StatusCode != 400 {
		t.Errorf("got %s", body)
	}
	for name, value := range map[string]string{"Content-Type": problem.MediaType, "Content-Language": "en", "Vary": "Accept-Language", "Cache-Control": "no-store"} {
		if got := response.Header.Get(name); got != value {
			t.Errorf("%s %q, want %q", name, got, value)
		}
	}
	if log != "" {
		t.Errorf("the client's own mistake is in the operator's log: %s", log)
	}
}

func TestOtherErrorsAreNotTold(t *testing.T) {
	for name, err := range map[string]error{
		"unknown":       errors.New("bucket NGUYỄN THỊ MINH ÁNH"),
		"internal":      fault.Wrap(errors.New("bucket NGUYỄN THỊ MINH ÁNH"), fault.CodeInternal, "bucket"),
		"unavailable":   fault.New(fault.CodeUnavailable, "bucket /var/lib"),
		"code unknown":  fault.New("made.up", "bucket"),
		"odd status":    fiber.NewError(418, "bucket"),
		"path repeated": fiber.NewError(500, "bucket"),
	} {
		t.Run(name, func(t *testing.T) {
			_, d, body, log := answer(t, err, "")
			if strings.Contains(body, "bucket") || d.Detail != "" || d.Status < 500 {
				t.Errorf("told: %s", body)
			}
			if !strings.Contains(log, "bucket") || !strings.Contains(log, `"request_id":"id-1"`) {
				t.Errorf("the operator is not told: %s", log)
			}
		})
	}
	for status, code := range map[int]fault.Code{400: "request.malformed", 404: "request.no_such_route", 405: "request.method_not_allowed", 408: "request.malformed", 413: "request.too_large", 431: "request.too_large"} {
		_, d, body, _ := answer(t, fiber.NewError(status, "Cannot GET /secret"), "")
		if d.Status != status || d.Code != code || strings.Contains(body, "secret") {
			t.Errorf("%d: %s", status, body)
		}
	}
}

// The operator learns that a disk is full, and the caller does not.
func TestTheSystemsCauseIsLogged(t *testing.T) {
	for _, cause := range []error{syscall.ENOSPC, fmt.Errorf("write secret-name: %w", syscall.ENOSPC)} {
		_, d, body, log := answer(t, fault.Wrap(cause, fault.CodeUnavailable, "not written"), "")
		if !strings.Contains(log, `"cause":"`+syscall.ENOSPC.Error()+`"`) || strings.Contains(log, "secret") {
			t.Errorf("log %s", log)
		}
		if d.Detail != "" || strings.Contains(body, syscall.ENOSPC.Error()) {
			t.Errorf("body %s", body)
		}
	}
}

func TestLanguages(t *testing.T) {
	vi, en := "Cần đăng nhập trước.", "Please sign in first."
	for header, want := range map[string]string{
		"": vi, "vi": vi, "en": en, "EN-us": en, "*": vi, "fr": vi, "fr, en;q=0.2": en, "en;q=0.3, vi;q=0.8": vi, "en, vi": en, "vi, en": vi,
		"en;q=0": vi, "en;q=2": vi, "en;q=x": vi, "en;q=NaN": vi, "en;Q=0.5": en, "english": vi, ";": vi, ",,,en": en,
		strings.Repeat("x,", 100) + "en": vi,
	} {
		_, d, _, _ := answer(t, fault.New(fault.CodeSessionMissing, ""), header)
		if d.Title != want || d.Titles.VI != vi || d.Titles.EN != en {
			t.Errorf("%q: %q, want %q", header, d.Title, want)
		}
	}
}

// FuzzAcceptLanguage: whatever a client asks for, the title is one of the two.
func FuzzAcceptLanguage(f *testing.F) {
	for _, seed := range []string{"", "vi", "en-GB,en;q=0.9", "*;q=0.1", ";;;", "en;q=1e9", ",", "q=0.5"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if strings.ContainsAny(header, "\r\n\x00") || len(header) > 1000 {
			return // no header field has these
		}
		for _, r := range header {
			if r < ' ' || r > '~' {
				return
			}
		}
		_, d, _, _ := answer(t, fault.New(fault.CodeSessionMissing, ""), header)
		if d.Title != d.Titles.VI && d.Title != d.Titles.EN {
			t.Errorf("title %q", d.Title)
		}
	})
}

func ExampleTitles() {
	text, _ := problem.Titles(fault.CodeActivationUsed)
	fmt.Println(problem.Status(fault.CodeActivationUsed), text.VI)
	// Output: 410 Mã kích hoạt này đã được dùng. Hãy xin mã mới.
}
