// Command softkey is a passkey on the command line, for the examples of the
// documentation: it reads the options of a ceremony, as the server answers them,
// and writes the body of the next request. Its keys lie in a plain file and
// nothing verifies a user: it is for trying out, never for a citizen.
//
//	curl … /options … | softkey --origin http://localhost:8080 create > body.json
//	curl … /options … | softkey --origin http://localhost:8080 get > body.json
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/giayto/giayto/internal/authenticator"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "softkey:", err)
		os.Exit(2)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	f := flag.NewFlagSet("softkey", flag.ContinueOnError)
	origin := f.String("origin", "http://localhost:8080", "`ORIGIN` of the page that asks")
	keys := f.String("keys", "softkey.json", "`FILE` with the keys")
	as := f.String("as", "credential", "`NAME` of the member for the answer")
	into := f.String("into", "", "`FILE` with the JSON object to which the answer is added")
	if err := f.Parse(args); err != nil {
		return err
	}
	a := authenticator.Authenticator{}
	content, err := os.ReadFile(*keys)
	if err == nil {
		err = json.Unmarshal(content, &a)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	a.Origin = *origin
	body := map[string]json.RawMessage{}
	if *into != "" {
		content, err := os.ReadFile(*into)
		if err == nil {
			err = json.Unmarshal(content, &body)
		}
		if err != nil {
			return err
		}
	}
	if body[*as], err = answer(&a, f.Args(), in); err != nil {
		return err
	}
	if content, err = json.Marshal(&a); err != nil {
		return err
	}
	if err := os.WriteFile(*keys, content, 0o600); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(body)
}

// answer runs one ceremony.
func answer(a *authenticator.Authenticator, args []string, in io.Reader) (json.RawMessage, error) {
	var options struct {
		PublicKey json.RawMessage `json:"publicKey"`
		Title     string          `json:"title"`
	}
	if err := json.NewDecoder(in).Decode(&options); err != nil {
		return nil, err
	}
	switch {
	case options.PublicKey == nil:
		return nil, fmt.Errorf("these are no options of a ceremony: %s", options.Title)
	case len(args) == 1 && args[0] == "create":
		return a.Create(options.PublicKey)
	case len(args) == 1 && args[0] == "get":
		return a.Get(options.PublicKey)
	}
	return nil, errors.New("say create or get")
}
