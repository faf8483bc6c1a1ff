package main_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every command and option in docs/trust.md exists.
func TestTrustDocument(t *testing.T) {
	document, err := os.ReadFile("../../docs/trust.md")
	if err != nil {
		t.Fatal(err)
	}
	command := regexp.MustCompile(`giayto ((?:keys|root) [a-z-]+)([^#\n` + "`" + `)]*)`)
	option := regexp.MustCompile(`--[a-z-]+`)
	found := map[string]bool{}
	for _, m := range command.FindAllStringSubmatch(string(document), -1) {
		found[m[1]] = true
		code, _, help := giayto(t, nil, append(strings.Fields(m[1]), "--help")...)
		if code != 0 {
			t.Errorf("giayto %s --help: exit %d, %s", m[1], code, help)
		}
		for _, name := range option.FindAllString(m[2], -1) {
			if !strings.Contains(help, "  -"+strings.TrimPrefix(name, "--")+" ") && !strings.Contains(help, "  -"+strings.TrimPrefix(name, "--")+"\n") {
				t.Errorf("giayto %s has no option %s", m[1], name)
			}
		}
	}
	for _, want := range []string{"keys list", "keys create", "keys publish", "keys activate", "keys retire", "keys revoke",
		"keys request", "keys install", "keys new-file", "root init", "root sign", "root succeed"} {
		if !found[want] {
			t.Errorf("docs/trust.md does not show giayto %s", want)
		}
	}
}
