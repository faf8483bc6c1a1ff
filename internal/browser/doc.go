// Package browser runs the tests of the web pages from go test: in Chromium, with
// a camera that films codes which a real server has minted a moment ago, and with
// an authenticator whose passkeys that server takes.
//
// What is tested stands in web/test. This package only builds the servers, one for
// each clock that a test needs, and brings what Node needs. It deliberately holds
// no product code; the npm package of the verifier is tested by internal/jstest.
package browser
