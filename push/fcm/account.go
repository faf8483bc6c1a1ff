package fcm

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"regexp"
	"runtime"
)

const (
	// maxAccountFile bounds the file of a service account, which has some 2 KiB.
	maxAccountFile = 64 << 10
	othersMode     = 0o077 // any right of the group or of others
)

// Account is a service account of a Firebase project. It holds a private key.
type Account struct {
	project  string
	email    string
	key      []byte // PEM
	keyID    string
	tokenURI string
}

// Project is the id of the Firebase project, which is public.
func (a *Account) Project() string { return a.project }

// ReadAccount reads the JSON file that the Firebase console makes for a service
// account. It refuses a file that others than its owner may read. The errors
// quote nothing of its content.
func ReadAccount(path string) (*Account, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("service account: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("service account: %w", err)
	}
	// Windows has no such rights and reports 0666 for every writable file.
	if runtime.GOOS != "windows" && info.Mode().Perm()&othersMode != 0 {
		return nil, fmt.Errorf("service account: %s can be read by others (mode %04o): run chmod 600 on it", path, info.Mode().Perm())
	}
	content, err := io.ReadAll(io.LimitReader(f, maxAccountFile+1))
	if err != nil {
		return nil, fmt.Errorf("service account: %w", err)
	}
	a, err := parseAccount(content)
	if err != nil {
		return nil, fmt.Errorf("service account: %s: %w", path, err)
	}
	return a, nil
}

// projectID is the form of a project id of Google Cloud; it becomes part of an
// address.
var projectID = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)

func parseAccount(content []byte) (*Account, error) {
	var file struct {
		Type         string `json:"type"`
		ProjectID    string `json:"project_id"`
		PrivateKeyID string `json:"private_key_id"`
		PrivateKey   string `json:"private_key"`
		ClientEmail  string `json:"client_email"`
		TokenURI     string `json:"token_uri"`
	}
	if len(content) > maxAccountFile || json.Unmarshal(content, &file) != nil {
		// The decoder would quote what it stumbled over.
		return nil, errors.New("not the JSON file of a service account")
	}
	switch {
	case file.Type != "service_account":
		return nil, errors.New(`the type is not "service_account"`)
	case !projectID.MatchString(file.ProjectID):
		return nil, errors.New("project_id is not the id of a project")
	case file.ClientEmail == "":
		return nil, errors.New("client_email is missing")
	}
	if err := checkKey(file.PrivateKey); err != nil {
		return nil, err
	}
	if !secure(file.TokenURI) {
		return nil, errors.New("token_uri is not an https address")
	}
	return &Account{project: file.ProjectID, email: file.ClientEmail, key: []byte(file.PrivateKey), keyID: file.PrivateKeyID, tokenURI: file.TokenURI}, nil
}

// checkKey refuses a broken key now rather than at the first message.
func checkKey(text string) error {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return errors.New("private_key is not PEM")
	}
	if _, err := x509.ParsePKCS8PrivateKey(block.Bytes); err != nil {
		return errors.New("private_key is not a PKCS #8 key")
	}
	return nil
}

// secure reports whether what is sent to an address cannot be read on the way:
// https, or this machine.
func secure(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && ip != nil && ip.IsLoopback()
}
