package main

import (
	"flag"
	"io"
	"slices"
	"testing"
)

// Kids are base64url, and one in 64 begins with a dash.
func TestKidThatBeginsWithADash(t *testing.T) {
	const kid = "-4kFQHRqYoSb0D7pqRbZm1LCBByICS4r-I35L1ePOZM"
	for _, c := range []struct {
		args, want []string
		reason     string
		refused    bool
	}{
		{[]string{kid, "--reason", "x", "--data", "d"}, []string{kid}, "x", false},
		{[]string{"--reason", "x", "--emergency", kid}, []string{kid}, "x", false},
		{[]string{"--reason=x", kid[:12]}, []string{kid[:12]}, "x", false},
		{[]string{"-reason", "-an-answer-with-dashes", "abc"}, []string{"abc"}, "-an-answer-with-dashes", false},
		{[]string{"--emergency", "abc", "--reason", "x"}, []string{"abc"}, "x", false},
		{[]string{"-" + kid[:42], "--reason", "x"}, []string{"-" + kid[:42]}, "x", false},
		{[]string{"--", kid}, []string{kid}, "", false},
		{[]string{"--no-such-option", "abc"}, nil, "", true},
		{[]string{"-dat", "abc"}, nil, "", true},
		{[]string{"--reason"}, nil, "", true},
	} {
		f := flag.NewFlagSet("test", flag.ContinueOnError)
		f.SetOutput(io.Discard)
		reason := f.String("reason", "", "")
		f.Bool("emergency", false, "")
		f.String("data", "", "")
		got, err := interspersed(f, c.args)
		if (err != nil) != c.refused || !c.refused && (!slices.Equal(got, c.want) || *reason != c.reason) {
			t.Errorf("%q: %q, reason %q, %v", c.args, got, *reason, err)
		}
	}
}
