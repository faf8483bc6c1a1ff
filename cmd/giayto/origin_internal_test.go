package main

import "testing"

// TestOriginAsBrowsersWriteIt: what is compared letter by letter is kept in the
// one form that browsers send.
func TestOriginAsBrowsersWriteIt(t *testing.T) {
	for given, want := range map[string]string{
		"https://giayto.example":          "https://giayto.example",
		"https://giayto.example/":         "https://giayto.example",
		"HTTPS://Giayto.EXAMPLE:443":      "https://giayto.example",
		"https://giayto.example:8443":     "https://giayto.example:8443",
		"https://giayto.example:":         "https://giayto.example",
		"https://giayto.example:80":       "https://giayto.example:80",
		"http://LOCALHOST:80":             "http://localhost",
		"http://127.0.0.1:8080":           "http://127.0.0.1:8080",
		"http://[::1]:80":                 "http://[::1]",
		"http://[0:0:0:0:0:0:0:1]:8080":   "http://[::1]:8080",
		"https://xn--giyt-4na9g.example/": "https://xn--giyt-4na9g.example",
	} {
		c := config{origin: given}
		if err := c.finish(); err != nil || c.origin != want {
			t.Errorf("%s: %s, %v; want %s", given, c.origin, err, want)
		}
	}
	for _, given := range []string{
		"giayto.example", "https://", "https://:443", "https://giayto.example/a", "https://giayto.example?", "https://giayto.example?a",
		"https://giayto.example#a", "https://a@giayto.example", "ftp://giayto.example", "https://giayto.example.", "https://giấytờ.example",
		"http://giayto.example", "http://192.0.2.1", "https://giayto.example:x",
	} {
		c := config{origin: given}
		if err := c.finish(); err == nil {
			t.Errorf("%s is taken as %s", given, c.origin)
		}
	}
}
