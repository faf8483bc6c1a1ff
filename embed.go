// Package giayto owns the description of the HTTP interface, openapi.yaml, and
// embeds it so that the server publishes the very file of the repository.
//
// It deliberately holds nothing else: the product lives in the packages below.
package giayto

import _ "embed"

// OpenAPI is the description of the HTTP interface (OpenAPI 3.0.3, YAML).
// Callers must not change it.
//
//go:embed openapi.yaml
var OpenAPI []byte
