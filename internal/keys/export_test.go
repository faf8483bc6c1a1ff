package keys

import "testing"

// SetStopBefore has every change of a file asked for beforehand: an error stops
// the program there.
func SetStopBefore(ask func(path string) error) { stopBefore = ask }

// StopBefore is SetStopBefore until the end of the test, or a call of the
// function that is returned.
func StopBefore(t testing.TB, ask func(path string) error) (goOn func()) {
	goOn = func() { SetStopBefore(func(string) error { return nil }) }
	t.Cleanup(goOn)
	SetStopBefore(ask)
	return goOn
}
