package server_test

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/giayto/giayto"
	"github.com/giayto/giayto/server"
)

// spec is openapi.yaml, and which of its answers have been seen.
type spec struct {
	doc        *openapi3.T
	operations []operation

	mu   sync.Mutex
	seen map[string]bool // "POST /v1/citizen/sessions 201"
}

type operation struct {
	method, pattern string
	match           *regexp.Regexp
	route           *routers.Route
}

var parsed = sync.OnceValues(func() (*openapi3.T, error) {
	asText := func(body io.Reader, _ http.Header, _ *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
		b, err := io.ReadAll(body)
		return string(b), err
	}
	for _, mediaType := range []string{"application/x-ndjson", "application/gzip", "application/jwt", "application/statuslist+jwt", "application/yaml",
		"application/pem-certificate-chain", "image/svg+xml", "image/png", "text/html", "text/css", "text/javascript", "text/event-stream",
		"font/woff2", "application/wasm"} {
		openapi3filter.RegisterBodyDecoder(mediaType, asText)
	}
	for _, mediaType := range []string{"application/jwk-set+json", "application/manifest+json"} {
		openapi3filter.RegisterBodyDecoder(mediaType, openapi3filter.RegisteredBodyDecoder("application/json"))
	}
	return openapi3.NewLoader().LoadFromData(giayto.OpenAPI)
})

func loadSpec(t *testing.T) *spec {
	t.Helper()
	doc, err := parsed()
	if err != nil {
		t.Fatalf("openapi.yaml: %v", err)
	}
	s := &spec{doc: doc, seen: map[string]bool{}}
	parameter := regexp.MustCompile(`\\\{(\w+)\\\}`)
	for pattern, item := range doc.Paths.Map() {
		match := regexp.MustCompile("^" + parameter.ReplaceAllString(regexp.QuoteMeta(pattern), `(?P<$1>[^/]+)`) + "$")
		for method, op := range item.Operations() {
			s.operations = append(s.operations, operation{method, pattern, match,
				&routers.Route{Spec: doc, Path: pattern, PathItem: item, Method: method, Operation: op}})
		}
	}
	// A path that stands there literally goes before one with a parameter.
	sort.SliceStable(s.operations, func(i, j int) bool {
		return strings.Count(s.operations[i].pattern, "{") < strings.Count(s.operations[j].pattern, "{")
	})
	return s
}

func (s *spec) find(method, path string) (operation, map[string]string, bool) {
	for _, op := range s.operations {
		found := op.match.FindStringSubmatch(path)
		if op.method != method || found == nil {
			continue
		}
		parameters := map[string]string{}
		for i, name := range op.match.SubexpNames()[1:] {
			parameters[name] = found[i+1]
		}
		return op, parameters, true
	}
	return operation{}, nil, false
}

// check holds a request and its answer against the description. Every status
// that an operation gives must be documented there.
func (s *spec) check(t *testing.T, r *http.Request, payload []byte, wrong bool, response *http.Response, body []byte) {
	t.Helper()
	op, parameters, ok := s.find(r.Method, r.URL.Path)
	if !ok {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(payload))
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: parameters, Route: op.route, Options: options,
		QueryParams: r.URL.Query()}
	err := openapi3filter.ValidateRequest(t.Context(), in)
	if !wrong && err != nil {
		t.Errorf("%s %s: the request is not as described: %v", r.Method, op.pattern, err)
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: response.StatusCode,
		Header: response.Header, Options: options}
	out.SetBodyBytes(body)
	if err := openapi3filter.ValidateResponse(t.Context(), out); err != nil {
		t.Errorf("%s %s: the answer %d is not as described: %v", r.Method, op.pattern, response.StatusCode, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[op.method+" "+op.pattern+" "+response.Status[:3]] = true
}

// unseen lists documented answers that no call has got, without those of a
// server that fails.
func (s *spec) unseen() []string {
	var missing []string
	for _, op := range s.operations {
		for status := range op.route.Operation.Responses.Map() {
			name := op.method + " " + op.pattern + " " + status
			if !strings.HasPrefix(status, "5") && !s.seen[name] {
				missing = append(missing, name)
			}
		}
	}
	sort.Strings(missing)
	return missing
}

func TestDescriptionIsValid(t *testing.T) {
	s := loadSpec(t)
	if err := s.doc.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Fatal(err)
	}
	if s.doc.OpenAPI != "3.0.3" {
		t.Errorf("openapi %s", s.doc.OpenAPI)
	}
}

// TestRoutesAndDescriptionAgree: every route stands in openapi.yaml, and the
// reverse.
func TestRoutesAndDescriptionAgree(t *testing.T) {
	w := newWorld(t)
	described := map[server.Route]bool{}
	for _, op := range w.spec.operations {
		described[server.Route{Method: op.method, Pattern: op.pattern}] = true
	}
	routes := w.server.Routes()
	if len(routes) < 10 {
		t.Fatalf("only %d routes", len(routes))
	}
	for _, r := range routes {
		if !described[r] {
			t.Errorf("openapi.yaml lacks %s %s", r.Method, r.Pattern)
		}
		delete(described, r)
	}
	for r := range described {
		t.Errorf("the server lacks %s %s", r.Method, r.Pattern)
	}
}
