package public

import (
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"github.com/giayto/giayto/internal/fault"
	"github.com/giayto/giayto/server/representation"
)

// Apps are the native apps that may use the passkeys of this origin. The system
// of a phone looks here before it lets an app do so.
type Apps struct {
	Android []AndroidApp
	// Apple are app identifiers: team, full stop, bundle.
	Apple []string
}

// AndroidApp is an app by its package name and the SHA-256 fingerprints of the
// certificates that sign it, in hexadecimal with colons.
type AndroidApp struct {
	Package      string
	Fingerprints []string
}

// statement is one of the Digital Asset Links that Android reads.
type statement struct {
	Relation []string `json:"relation"`
	Target   target   `json:"target"`
}

type target struct {
	Namespace    string   `json:"namespace"`
	Package      string   `json:"package_name"`
	Fingerprints []string `json:"sha256_cert_fingerprints"`
}

// assetLinks gives the file that Android reads, apple the one that iOS and macOS
// read. Where no app is configured, there is none.
func (a Apps) assetLinks() (*representation.File, error) {
	if len(a.Android) == 0 {
		return nil, nil
	}
	var list []statement
	for _, app := range a.Android {
		list = append(list, statement{[]string{"delegate_permission/common.handle_all_urls", "delegate_permission/common.get_login_creds"},
			target{"android_app", app.Package, app.Fingerprints}})
	}
	return jsonFile(list)
}

func (a Apps) apple() (*representation.File, error) {
	if len(a.Apple) == 0 {
		return nil, nil
	}
	return jsonFile(map[string]any{"webcredentials": map[string]any{"apps": a.Apple}})
}

func jsonFile(v any) (*representation.File, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	f := newFile(fiber.MIMEApplicationJSON, b)
	return &f, nil
}

// optional serves a file that there may not be.
func optional(f *representation.File) fiber.Handler {
	if f == nil {
		return func(*fiber.Ctx) error { return fault.New(fault.CodeRouteNotFound, "") }
	}
	return f.Send
}
