package catalog

import (
	"fmt"
	"strings"
)

var (
	yes      = Text{"Có", "Yes"}
	no       = Text{"Không", "No"}
	noItems  = Text{"Không có", "None"}
	isImage  = Text{"(ảnh)", "(image)"}
	unshowed = Text{"(không đọc được)", "(unreadable)"}
)

// Show returns what a person reads: dates as dd/mm/yyyy, booleans and enums in
// words, the meaning of a null, items of a list side by side. A value that
// breaks the rules of its claim is never shown.
func (cl *Claim) Show(v any) Text {
	if _, code := cl.fault(v); code != "" {
		return unshowed
	}
	t := cl.show(v)
	return Text{cl.Prefix + t.VI, cl.Prefix + t.EN}
}

func (cl *Claim) show(v any) Text {
	switch x := v.(type) {
	case nil:
		if cl.NullText != nil {
			return *cl.NullText
		}
		return noItems
	case bool:
		if x {
			return yes
		}
		return no
	case []any:
		return cl.showList(x)
	case map[string]any:
		return cl.showObject(x)
	}
	switch cl.Type {
	case TypeEnum:
		return cl.compiled.byValue[v].Labels
	case TypeImage:
		return isImage
	case TypeDate, TypePartialDate:
		return same(showDate(v.(string)))
	}
	return same(fmt.Sprint(v))
}

func same(s string) Text { return Text{s, s} }

// showDate writes dd/mm/yyyy, mm/yyyy or yyyy.
func showDate(s string) string {
	switch len(s) {
	case len("2006"):
		return s
	case len("2006-01"):
		return s[5:] + "/" + s[:4]
	}
	return s[8:] + "/" + s[5:7] + "/" + s[:4]
}

// showList separates plain items by a comma and objects, which have commas
// inside, by a semicolon.
func (cl *Claim) showList(list []any) Text {
	if len(list) == 0 {
		return noItems
	}
	separator := ", "
	if cl.Item.Type == TypeObject {
		separator = "; "
	}
	shown := make([]Text, len(list))
	for i, item := range list {
		shown[i] = cl.Item.show(item)
	}
	return join(shown, separator)
}

func (cl *Claim) showObject(object map[string]any) Text {
	var shown []Text
	for _, member := range cl.Members {
		if v, ok := object[member.ID]; ok {
			t := member.show(v)
			shown = append(shown, Text{
				member.Labels.VI + ": " + member.Prefix + t.VI,
				member.Labels.EN + ": " + member.Prefix + t.EN,
			})
		}
	}
	return join(shown, ", ")
}

func join(texts []Text, separator string) Text {
	vi, en := make([]string, len(texts)), make([]string, len(texts))
	for i, t := range texts {
		vi[i], en[i] = t.VI, t.EN
	}
	return Text{strings.Join(vi, separator), strings.Join(en, separator)}
}
