package problem

import (
	"strconv"
	"strings"
)

// The languages of the product; Vietnamese is the one for whoever asks for
// neither.
const (
	vietnamese = "vi"
	english    = "en"
)

// maxLanguages bounds how many ranges of an Accept-Language are looked at.
const maxLanguages = 16

// preferred picks the language by RFC 9110 section 12.5.4: the range with the
// highest weight, the first of equal ones; "*" stands for Vietnamese.
func preferred(header string) string {
	best, bestWeight := vietnamese, 0.0
	for range maxLanguages {
		var part string
		part, header, _ = strings.Cut(header, ",")
		tag, weight := parseRange(part)
		if language := primary(tag); language != "" && weight > bestWeight {
			best, bestWeight = language, weight
		}
		if header == "" {
			break
		}
	}
	return best
}

// primary maps a language range to a language of the product, "" for others.
func primary(tag string) string {
	language, _, _ := strings.Cut(tag, "-")
	switch strings.ToLower(language) {
	case vietnamese, "*":
		return vietnamese
	case english:
		return english
	}
	return ""
}

// parseRange splits "en-GB;q=0.8"; a weight that cannot be read counts as 0.
func parseRange(part string) (tag string, weight float64) {
	tag, parameters, weighted := strings.Cut(part, ";")
	tag = strings.TrimSpace(tag)
	if !weighted {
		return tag, 1
	}
	q, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(parameters)), "q=")
	weight, err := strconv.ParseFloat(q, 64)
	if !ok || err != nil || !(weight >= 0 && weight <= 1) {
		return tag, 0
	}
	return tag, weight
}
