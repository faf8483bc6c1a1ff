package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	descriptionFile = "../../openapi.yaml"
	clientFile      = "../../web/src/api/client_gen.ts"
)

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestClientIsThatOfTheDescription: openapi.yaml cannot change without the client.
func TestClientIsThatOfTheDescription(t *testing.T) {
	text, err := clientTS([]byte(read(t, descriptionFile)))
	if err != nil {
		t.Fatal(err)
	}
	if text != read(t, clientFile) {
		t.Error("client_gen.ts is not what openapi.yaml gives: run make generate")
	}
}

// TestClientHasEveryOperation counts the operations without the parser that the
// client is made with.
func TestClientHasEveryOperation(t *testing.T) {
	client := read(t, clientFile)
	operations := regexp.MustCompile(`(?m)tags: \[citizen\]\n +operationId: (\w+)`).FindAllStringSubmatch(read(t, descriptionFile), -1)
	if len(operations) < 30 {
		t.Fatalf("only %d operations", len(operations))
	}
	notJSON := []string{"getPresentationSVG", "getPresentationPNG", "followNotices"}
	for _, operation := range operations {
		if has := strings.Contains(client, "\n  "+operation[1]+"(args"); has == slices.Contains(notJSON, operation[1]) {
			t.Errorf("%s: in the client %v", operation[1], has)
		}
	}
	if !strings.Contains(client, "\n  getCatalog(") || strings.Contains(client, "/v1/agency") {
		t.Error("beside the citizen's operations it has the catalogue, and nothing else")
	}
}

// small is a description with one operation; its parts are put in.
func small(parameters, body, answer string) string {
	return `openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /v1/citizen/things/{id}:
    parameters: [` + parameters + `]
    post:
      tags: [citizen]
      operationId: doThing
      requestBody: {content: {application/json: {schema: ` + body + `}}}
      responses:
        "200": {description: d, content: {application/json: {schema: ` + answer + `}}}
components:
  schemas:
    Tree: {type: object, additionalProperties: false, properties: {under: {type: array, items: {$ref: "#/components/schemas/Tree"}}}}
`
}

func TestTypes(t *testing.T) {
	const id = `{name: id, in: path, required: true, schema: {type: string}}`
	const nothing = `{type: object, maxProperties: 0}`
	for name, c := range map[string]struct {
		parameters, body, answer string
		want                     []string // "" for a description that is refused
	}{
		"required first, in their order": {id, nothing, `{type: object, additionalProperties: false, required: [z, b], properties: {a: {type: string}, b: {type: integer}, z: {type: boolean}}}`,
			[]string{"export interface DoThingAnswer {\n  z: boolean\n  b: number\n  a?: string\n}", "body: {}, signal", "doThing(args: { id: string } & Abortable): Promise<DoThingAnswer>"}},
		"a schema that holds itself": {id, nothing, `{$ref: "#/components/schemas/Tree"}`, []string{"export interface Tree {\n  under?: Tree[]\n}", "Promise<Tree>"}},
		"unions":                     {id, nothing, `{type: object, additionalProperties: false, properties: {a: {type: array, items: {type: string, enum: [x, y]}}, b: {type: string, nullable: true}, c: {type: integer, enum: [1, 2]}, d: {nullable: true}}}`, []string{"a?: ('x' | 'y')[]", "b?: string | null", "c?: 1 | 2", "d?: unknown"}},
		"open objects":               {id, nothing, `{type: object, properties: {a: {type: string}}}`, []string{"a?: string\n  [name: string]: unknown"}},
		"a comment stays one":        {id, nothing, `{type: object, additionalProperties: false, properties: {a: {type: string, description: "end */ alert()"}}}`, []string{"/** end * / alert() */"}},
		"a body":                     {id, `{type: object, additionalProperties: false, required: [a], properties: {a: {type: string}}}`, `{type: string}`, []string{"{ id: string; body: DoThingBody } & Abortable", "body: args.body", "export type DoThingAnswer = string"}},
		"a query":                    {id + `, {name: limit, in: query, schema: {type: integer}}`, nothing, `{type: string}`, []string{"query?: { limit?: number | undefined }", "`/v1/citizen/things/${encodeURIComponent(args.id)}${query(args.query)}`"}},
		"a required query":           {id + `, {name: limit, in: query, required: true, schema: {type: integer}}`, nothing, `{type: string}`, nil},
		"a path without its member":  {``, nothing, `{type: string}`, nil},
		"allOf":                      {id, nothing, `{allOf: [{type: object}]}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := clientTS([]byte(small(c.parameters, c.body, c.answer)))
			if c.want == nil {
				if err == nil {
					t.Fatalf("not refused:\n%s", text)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
		})
	}
}
