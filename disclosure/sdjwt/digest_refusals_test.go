package sdjwt_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/giayto/giayto/disclosure/sdjwt"
)

// nested wraps a disclosure into others that reveal it, deeper than MaxDepth, and
// returns the outermost one and all.
func nested(d, format string) (string, []string) {
	all := []string{d}
	for range sdjwt.MaxDepth {
		d = fmt.Sprintf(format, digest(d))
		all = append(all, d)
	}
	return d, all
}

func digestRefusals(t *testing.T) []refusal {
	o := verifyOptions()
	sd := func(disclosures ...string) string {
		digests := make([]string, len(disclosures))
		for i, d := range disclosures {
			digests[i] = `"` + digest(d) + `"`
		}
		return `"_sd":[` + strings.Join(digests, ",") + `]`
	}
	element := func(d string) string { return `{"...":"` + digest(d) + `"}` }
	f := func(members string, disclosures ...string) string {
		return forge(t, payloadWith(","+members), disclosures...)
	}
	deep, chain := nested(`["s","d",1]`, `["s","d",{"_sd":["%s"]}]`)
	deepElement, elements := nested(elementD, `["s",[{"...":"%s"}]]`)
	list := []refusal{
		{"hash algorithm unknown", forge(t, `{"_sd_alg":"sha-512"}`), o, sdjwt.ReasonHashAlgorithm},
		{"hash algorithm in capitals", forge(t, `{"_sd_alg":"SHA-256"}`), o, sdjwt.ReasonHashAlgorithm},
		{"hash algorithm broken", forge(t, `{"_sd_alg":"md5"}`), o, sdjwt.ReasonHashAlgorithm},
		{"hash algorithm null", forge(t, `{"_sd_alg":null}`), o, sdjwt.ReasonHashAlgorithm},
		{"hash algorithm nested", f(`"a":{"_sd_alg":"sha-256"}`), o, sdjwt.ReasonReservedName},
		{"_sd no array", f(`"_sd":"`+digest(nameD)+`"`, nameD), o, sdjwt.ReasonPayload},
		{"_sd holds a number", f(`"_sd":[1]`), o, sdjwt.ReasonPayload},
		{"... holds a number", f(`"a":[{"...":1}]`), o, sdjwt.ReasonPayload},
		{"... in the payload", f(`"...":"`+digest(elementD)+`"`, elementD), o, sdjwt.ReasonReservedName},
		{"... in an object in an object", f(`"a":{"...":"` + digest(elementD) + `"}`), o, sdjwt.ReasonReservedName},
		{"... with a neighbour", f(`"a":[{"...":"`+digest(elementD)+`","b":1}]`, elementD), o, sdjwt.ReasonReservedName},
		{"disclosure no JSON", f(sd(`["a",`), `["a",`), o, sdjwt.ReasonJSON},
		{"disclosure with trailing data", f(sd(nameD+"x"), nameD+"x"), o, sdjwt.ReasonJSON},
		{"disclosure not UTF-8", f(sd("[\"a\",\"b\",\"\xc3\"]"), "[\"a\",\"b\",\"\xc3\"]"), o, sdjwt.ReasonNotUTF8},
		{"disclosure with a name twice", f(sd(`["s","n",{"a":1,"a":1}]`), `["s","n",{"a":1,"a":1}]`), o, sdjwt.ReasonDuplicateName},
		{"disclosure is an object", f(sd(`{"0":"s"}`), `{"0":"s"}`), o, sdjwt.ReasonDisclosure},
		{"disclosure is empty", f(sd(`[]`), `[]`), o, sdjwt.ReasonDisclosure},
		{"disclosure of one", f(sd(`["s"]`), `["s"]`), o, sdjwt.ReasonDisclosure},
		{"disclosure of four", f(sd(`["s","n",1,2]`), `["s","n",1,2]`), o, sdjwt.ReasonDisclosure},
		{"salt no string", f(sd(`[1,"n",1]`), `[1,"n",1]`), o, sdjwt.ReasonDisclosure},
		{"name no string", f(sd(`["s",1,1]`), `["s",1,1]`), o, sdjwt.ReasonDisclosure},
		{"element where a member belongs", f(sd(elementD), elementD), o, sdjwt.ReasonDisclosureKind},
		{"member where an element belongs", f(`"a":[`+element(nameD)+`]`, nameD), o, sdjwt.ReasonDisclosureKind},
		{"disclosure twice", f(sd(nameD), nameD, nameD), o, sdjwt.ReasonDuplicateDisclosure},
		{"disclosure altered", f(sd(nameD), `["c2FsdA","name","Le Thi Hoa"]`), o, sdjwt.ReasonUnreferenced},
		{"disclosure added", f(sd(nameD), nameD, `["c2FsdA","sex","F"]`), o, sdjwt.ReasonUnreferenced},
		{"disclosure of an undisclosed parent", f(sd(`["s","address",{`+sd(nameD)+`}]`), nameD), o, sdjwt.ReasonUnreferenced},
		{"digest in a string that is no digest", f(`"a":["`+digest(elementD)+`"]`, elementD), o, sdjwt.ReasonUnreferenced},
		{"digest twice at one level", f(sd(nameD, nameD), nameD), o, sdjwt.ReasonDuplicateDigest},
		{"digest twice, undisclosed", f(sd(nameD, nameD)), o, sdjwt.ReasonDuplicateDigest},
		{"digest at two levels", f(sd(nameD)+`,"a":{`+sd(nameD)+`}`, nameD), o, sdjwt.ReasonDuplicateDigest},
		{"digest in member and element", f(sd(nameD) + `,"a":[` + element(nameD) + `]`), o, sdjwt.ReasonDuplicateDigest},
		{"digest again inside a disclosure", f(sd(nameD, `["s","a",{`+sd(nameD)+`}]`), nameD, `["s","a",{`+sd(nameD)+`}]`), o, sdjwt.ReasonDuplicateDigest},
		{"name taken by a plain claim", f(`"name":"x",`+sd(nameD), nameD), o, sdjwt.ReasonNameCollision},
		{"name taken by a disclosed claim", f(sd(nameD, `["t","name","x"]`), nameD, `["t","name","x"]`), o, sdjwt.ReasonNameCollision},
		{"name taken further down", f(`"a":{"name":null,`+sd(nameD)+`}`, nameD), o, sdjwt.ReasonNameCollision},
		{"disclosures nested too deep", f(sd(deep), chain...), o, sdjwt.ReasonTooDeep},
		{"elements nested too deep", f(`"a":[`+element(deepElement)+`]`, elements...), o, sdjwt.ReasonTooDeep},
	}
	return append(list, nameRefusals(t, sd, element, f)...)
}

// nameRefusals are about claims that must not be disclosures, or not have that name.
func nameRefusals(t *testing.T, sd func(...string) string, element func(string) string, f func(string, ...string) string) []refusal {
	o := verifyOptions()
	named := func(name string) string { return `["c2FsdA","` + name + `",1]` }
	list := []refusal{
		{"digests inside cnf", f(`"cnf":{` + sd(nameD) + `}`), o, sdjwt.ReasonNotDisclosable},
		{"elements inside aka_vcts", f(`"aka_vcts":[`+element(elementD)+`]`, elementD), o, sdjwt.ReasonNotDisclosable},
		{"digests deep inside status", f(`"status":{"status_list":{`+sd(named("idx"))+`}}`, named("idx")), o, sdjwt.ReasonNotDisclosable},
	}
	for _, name := range []string{"_sd", "...", "_sd_alg"} {
		list = append(list,
			refusal{"claim called " + name, f(sd(named(name)), named(name)), o, sdjwt.ReasonReservedName},
			refusal{"claim called " + name + " in an element", f(`"a":[`+element(`["s",{"a":{"`+name+`":7}}]`)+`]`, `["s",{"a":{"`+name+`":7}}]`), o,
				map[bool]sdjwt.Reason{true: sdjwt.ReasonPayload, false: sdjwt.ReasonReservedName}[name == "_sd"]})
	}
	for _, name := range []string{"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"} {
		d := named(name)
		text := forge(t, `{`+sd(d)+`}`, d)
		list = append(list, refusal{"disclosed " + name, text, o, sdjwt.ReasonNotDisclosable})
	}
	return list
}
