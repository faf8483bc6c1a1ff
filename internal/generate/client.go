package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// catalogueOperation is what a wallet asks for beside the operations of citizens.
const catalogueOperation = "getCatalog"

// client writes web/src/api/client_gen.ts: the operations of citizens with the
// types of what goes there and comes back.
func client() error {
	root, err := repositoryRoot()
	if err != nil {
		return err
	}
	description, err := os.ReadFile(filepath.Join(root, "openapi.yaml"))
	if err != nil {
		return err
	}
	text, err := clientTS(description)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, "web", "src", "api", "client_gen.ts"), []byte(text), 0o644)
}

// clientTS is the client for a description of the interface.
func clientTS(description []byte) (string, error) {
	doc, err := openapi3.NewLoader().LoadFromData(description)
	if err != nil {
		return "", err
	}
	g := clientWriter{schemas: doc.Components.Schemas, named: map[string]string{}}
	methods := map[string]string{}
	for path, item := range doc.Paths.Map() {
		for verb, op := range item.Operations() {
			if op.OperationID != catalogueOperation && !slices.Contains(op.Tags, "citizen") {
				continue
			}
			if methods[op.OperationID], err = g.method(path, verb, item.Parameters, op); err != nil {
				return "", fmt.Errorf("%s %s: %w", verb, path, err)
			}
		}
	}
	var b strings.Builder
	b.WriteString(header("openapi.yaml") + `/** One request. body is what becomes JSON. */
export interface ApiRequest {
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  body?: unknown
  signal?: AbortSignal | undefined
}

/** Sends a request and gives what the JSON of the answer holds, undefined where it
 * has no body. It rejects when the answer is a refusal. */
export type Transport = (request: ApiRequest) => Promise<unknown>

/** Lets a request be given up. */
export interface Abortable {
  signal?: AbortSignal | undefined
}

function query(parameters: Readonly<Record<string, string | number | boolean | undefined>> = {}): string {
  const given = Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return given.length ? '?' + new URLSearchParams(given) : ''
}

/** The operations of a citizen, by their ids in openapi.yaml. Streams and pictures
 * are not among them. */
export class Client {
  constructor(private readonly transport: Transport) {}
`)
	for _, id := range slices.Sorted(maps.Keys(methods)) {
		b.WriteString(methods[id])
	}
	b.WriteString("}\n")
	for _, name := range slices.Sorted(maps.Keys(g.named)) {
		b.WriteString("\n" + g.named[name])
	}
	return b.String(), nil
}

// clientWriter collects the named types that operations need.
type clientWriter struct {
	schemas openapi3.Schemas
	named   map[string]string
}

// method writes one operation; "" for one that does not answer with JSON.
func (g *clientWriter) method(path, verb string, shared openapi3.Parameters, op *openapi3.Operation) (string, error) {
	answer, ok, err := g.answers(op)
	if err != nil || !ok {
		return "", err
	}
	var members, inQuery []string
	optional, address := true, path
	for _, p := range slices.Concat(shared, op.Parameters) {
		t, err := g.typed(p.Value.Schema, "")
		if err != nil {
			return "", err
		}
		switch p.Value.In {
		case openapi3.ParameterInPath:
			optional = false
			members = append(members, p.Value.Name+": "+t)
			address = strings.Replace(address, "{"+p.Value.Name+"}", "${encodeURIComponent(args."+p.Value.Name+")}", 1)
		case openapi3.ParameterInQuery:
			if p.Value.Required {
				return "", errors.New("a required query parameter is not provided for")
			}
			inQuery = append(inQuery, p.Value.Name+"?: "+t+" | undefined")
		}
	}
	if strings.Count(address, "{") != strings.Count(address, "${") {
		return "", errors.New("a part of the path is not among the parameters")
	}
	url := "'" + address + "'"
	if strings.Contains(address, "${") || inQuery != nil {
		url = "`" + address + "`"
	}
	if inQuery != nil {
		members = append(members, "query?: { "+strings.Join(inQuery, "; ")+" }")
		url = strings.TrimSuffix(url, "`") + "${query(args.query)}`"
	}
	body := ""
	if op.RequestBody != nil {
		schema := op.RequestBody.Value.GetMediaType("application/json").Schema
		// What says nothing but {} is not asked for.
		if n := schema.Value.MaxProps; n != nil && *n == 0 {
			body = ", body: {}"
		} else {
			t, err := g.titled(op.OperationID, "Body", schema)
			if err != nil {
				return "", err
			}
			optional, body = false, ", body: args.body"
			members = append(members, "body: "+t)
		}
	}
	arguments := "args: Abortable"
	if members != nil {
		arguments = "args: { " + strings.Join(members, "; ") + " } & Abortable"
	}
	if optional {
		arguments += " = {}"
	}
	return fmt.Sprintf("\n%s  %s(%s): Promise<%s> {\n    return this.transport({ method: '%s', path: %s%s, signal: args.signal }) as Promise<%s>\n  }\n",
		comment("  ", op.Summary), op.OperationID, arguments, answer, verb, url, body, answer), nil
}

// answers gives the type of an operation's success, and takes in those of its
// refusals; false where the success is not JSON.
func (g *clientWriter) answers(op *openapi3.Operation) (string, bool, error) {
	var types []string
	for _, status := range slices.Sorted(maps.Keys(op.Responses.Map())) {
		response := op.Responses.Value(status).Value
		switch {
		case status == "204":
			types = append(types, "void")
		case status[0] == '2':
			media := response.Content["application/json"]
			if media == nil {
				return "", false, nil
			}
			t, err := g.titled(op.OperationID, "Answer", media.Schema)
			if err != nil {
				return "", false, err
			}
			types = append(types, t)
		default:
			if media := response.Content["application/problem+json"]; media != nil {
				if _, err := g.typed(media.Schema, ""); err != nil {
					return "", false, err
				}
			}
		}
	}
	if len(types) == 0 {
		return "", false, errors.New("no success is described")
	}
	return strings.Join(types, " | "), true, nil
}

// reference is how a schema of the components is named elsewhere.
const reference = "#/components/schemas/"

// typed is the type of a schema. Whatever it cannot say is an error, so that a
// description that grows does not become unknown in silence.
func (g *clientWriter) typed(s *openapi3.SchemaRef, indent string) (string, error) {
	if name, ok := strings.CutPrefix(s.Ref, reference); ok {
		return name, g.declare(name)
	}
	t, err := g.plain(s.Value, indent)
	if err == nil && s.Value.Nullable && t != "unknown" {
		t += " | null"
	}
	return t, err
}

func (g *clientWriter) plain(s *openapi3.Schema, indent string) (string, error) {
	if s.AllOf != nil || s.AnyOf != nil || s.Not != nil {
		return "", errors.New("allOf, anyOf and not are not provided for")
	}
	if s.OneOf != nil {
		var all []string
		for _, one := range s.OneOf {
			t, err := g.typed(one, indent)
			if err != nil {
				return "", err
			}
			all = append(all, t)
		}
		return strings.Join(all, " | "), nil
	}
	if s.Enum != nil {
		var all []string
		for _, value := range s.Enum {
			if text, ok := value.(string); ok {
				all = append(all, "'"+text+"'")
			} else {
				all = append(all, literal(value))
			}
		}
		return strings.Join(all, " | "), nil
	}
	switch {
	case s.Type == nil:
		return "unknown", nil
	case s.Type.Is("string"):
		return "string", nil
	case s.Type.Is("integer"), s.Type.Is("number"):
		return "number", nil
	case s.Type.Is("boolean"):
		return "boolean", nil
	case s.Type.Is("array"):
		t, err := g.typed(s.Items, indent)
		if strings.Contains(t, "|") && !strings.HasPrefix(t, "{") {
			t = "(" + t + ")"
		}
		return t + "[]", err
	case s.Type.Is("object"):
		return g.object(s, indent)
	}
	return "", fmt.Errorf("type %v is not provided for", s.Type.Slice())
}

// object lists the members of an object, required ones first in the order of the
// description.
func (g *clientWriter) object(s *openapi3.Schema, indent string) (string, error) {
	names := slices.Collect(maps.Keys(s.Properties))
	place := func(name string) int {
		if i := slices.Index(s.Required, name); i >= 0 {
			return i
		}
		return len(s.Required)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(place(a)-place(b), strings.Compare(a, b)) })
	var b strings.Builder
	b.WriteString("{\n")
	for _, name := range names {
		property := s.Properties[name]
		t, err := g.typed(property, indent+"  ")
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		mark := ""
		if place(name) == len(s.Required) {
			mark = "?"
		}
		if property.Ref == "" {
			b.WriteString(comment(indent+"  ", property.Value.Description))
		}
		fmt.Fprintf(&b, "%s  %s%s: %s\n", indent, name, mark, t)
	}
	if closed := s.AdditionalProperties.Has; closed == nil || *closed {
		fmt.Fprintf(&b, "%s  [name: string]: unknown\n", indent)
	}
	b.WriteString(indent + "}")
	return b.String(), nil
}

// declare writes a schema of the components, once.
func (g *clientWriter) declare(name string) error {
	if _, done := g.named[name]; done {
		return nil
	}
	return g.define(name, g.schemas[name].Value)
}

// titled names the type of a body or an answer after its operation, unless it is
// one of the components.
func (g *clientWriter) titled(operation, what string, s *openapi3.SchemaRef) (string, error) {
	if s.Ref != "" {
		return g.typed(s, "")
	}
	name := strings.ToUpper(operation[:1]) + operation[1:] + what
	if g.schemas[name] != nil || g.named[name] != "" {
		return "", fmt.Errorf("%s is the name of two types", name)
	}
	return name, g.define(name, s.Value)
}

func (g *clientWriter) define(name string, s *openapi3.Schema) error {
	g.named[name] = "" // a schema may name itself
	t, err := g.plain(s, "")
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	switch {
	case s.Nullable:
		g.named[name] = "export type " + name + " = " + t + " | null\n"
	case strings.HasPrefix(t, "{"):
		g.named[name] = "export interface " + name + " " + t + "\n"
	default:
		g.named[name] = "export type " + name + " = " + t + "\n"
	}
	g.named[name] = comment("", s.Description) + g.named[name]
	return nil
}

// comment is a description above what it describes; "" for none.
func comment(indent, text string) string {
	text = strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "*/", "* /")
	if text == "" {
		return ""
	}
	return indent + "/** " + text + " */\n"
}
