package main

import "time"

// clockOffset moves the clock of a program that is linked with
// -ldflags "-X main.clockOffset=336h", which only the drills of this package do:
// they live through weeks. A released program has no way to set it.
var clockOffset string

// now is the time by which this program works.
var now = clock(clockOffset)

func clock(offset string) func() time.Time {
	d, err := time.ParseDuration(offset)
	if offset == "" || err != nil {
		return time.Now
	}
	return func() time.Time { return time.Now().Add(d) }
}
