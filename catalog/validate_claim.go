package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// validateTop checks what only a claim of a document has: what is disclosed is
// the claim, never an item or member alone.
func (cl *Claim) validateTop() error {
	var bad []string
	refuse := func(wrong bool, what string) {
		if wrong {
			bad = append(bad, what)
		}
	}
	refuse(!claimForm.MatchString(cl.ID), "id")
	refuse(!slices.Contains(disclosures, cl.Disclose), "disclose")
	refuse(!slices.Contains(sensitivities, cl.Sensitivity), "sensitivity")
	refuse(!slices.Contains(volatilities, cl.Volatility), "volatility")
	refuse(cl.MinAuth < 1 || cl.MinAuth > 4, "min_auth")
	refuse(!slices.Contains([]string{"", "last3", "hidden"}, cl.Mask), "mask")
	refuse(cl.Key < 0 || cl.Key > maxKey, "key")
	// Only what never travels in a QR may do without a wire key.
	refuse((cl.Key == 0) != (cl.Type == TypeImage) && cl.Disclose != Never, "key (0 is for images)")
	refuse(cl.Type == TypeObject, "type (an object stands only inside a list)")
	refuse(cl.Volatility == Volatile && cl.Disclose == Always, "disclose (a volatile fact never stands in a credential)")
	refuse(cl.Decoy && (cl.Required || cl.Disclose != Choice || cl.Rule != nil), "decoy (only for optional claims of the holder's choice)")
	refuse(cl.Rule != nil && cl.Required, "required (a derived claim is computed)")
	if len(bad) > 0 {
		return fmt.Errorf("claim %s: %s", cl.ID, strings.Join(bad, ", "))
	}
	return nil
}

// validate checks what claims, items and members have in common.
func (cl *Claim) validate(depth int) error {
	var errs []error
	refuse := func(wrong bool, what string) {
		if wrong {
			errs = append(errs, fmt.Errorf("claim %s: %s", cl.compiled.path, what))
		}
	}
	isText := cl.Type == TypeText
	refuse(!slices.Contains([]Type{TypeText, TypeDigits, TypeDate, TypePartialDate, TypeInt, TypeBool, TypeEnum,
		TypeList, TypeObject, TypeImage}, cl.Type), "type")
	refuse(cl.Pattern != "" && !isText && cl.Type != TypeDigits && cl.Type != TypeImage, "pattern does not suit the type")
	refuse(cl.Expected != "" && !isText && cl.Type != TypeDigits, "expected does not suit the type")
	refuse((cl.Type == TypeDigits) != (cl.Length != 0) || cl.Length < 0 || cl.Length > maxDigits, "length")
	refuse(cl.MaxLength < 0 || cl.MaxLength != 0 && !isText && cl.Type != TypeImage, "max_length")
	refuse(cl.MaxItems < 0 || cl.MaxItems != 0 && cl.Type != TypeList, "max_items")
	refuse((cl.Min != nil || cl.Max != nil) && cl.Type != TypeInt, "min or max does not suit the type")
	refuse(cl.Min != nil && cl.Max != nil && *cl.Min > *cl.Max, "min is greater than max")
	refuse((cl.Type == TypeEnum) != (len(cl.Enum) > 0), "enum")
	refuse((cl.Type == TypeList) != (cl.Item != nil), "item")
	refuse((cl.Type == TypeObject) != (len(cl.Members) > 0), "members")
	refuse(cl.Nullable != (cl.NullText != nil), "null_text and nullable belong together")
	refuse(cl.Prefix != "" && sound("prefix", cl.Prefix) != nil, "prefix")
	for _, e := range cl.Enum {
		refuse(e.Labels.sound("label") != nil, fmt.Sprintf("labels of the value %v", e.Value))
		refuse(!sameKind(e.Value, cl.Enum[0].Value), "enum mixes text and integers")
	}
	if cl.NullText != nil {
		refuse(cl.NullText.sound("null_text") != nil, "null_text")
	}
	if depth == 0 || cl.ID != "" {
		refuse(cl.Labels.sound("labels") != nil, "labels")
	}
	if depth > 0 {
		refuse(cl.Rule != nil || cl.Decoy || cl.Type == TypeImage, "an item or member has no rule or decoy and is no image")
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return errors.Join(cl.validateParts(depth), cl.validateExample(depth))
}

func (cl *Claim) validateParts(depth int) error {
	var errs []error
	if cl.Item != nil {
		if cl.Item.ID != "" || cl.Item.Key != 0 {
			errs = append(errs, fmt.Errorf("claim %s: an item has neither id nor key", cl.compiled.path))
		}
		errs = append(errs, cl.Item.validate(depth+1))
	}
	for _, member := range cl.Members {
		if !nameForm.MatchString(member.ID) {
			errs = append(errs, fmt.Errorf("claim %s: member id %q", cl.compiled.path, member.ID))
		}
		errs = append(errs, member.validate(depth+1))
	}
	return errors.Join(errs...)
}

// validateExample: the example passes its own claim, in normal form. Only
// images and parts of a list, which the list's example shows, may do without.
func (cl *Claim) validateExample(depth int) error {
	if cl.Example == nil {
		if depth > 0 || cl.Type == TypeImage || cl.Nullable {
			return nil
		}
		return fmt.Errorf("claim %s: example is missing", cl.compiled.path)
	}
	if at, code := cl.fault(cl.Example); code != "" {
		return fmt.Errorf("claim %s: example: %s: %s", cl.compiled.path, at.compiled.path, code)
	}
	s, ok := cl.Example.(string)
	if ok && !cl.conforms(s) {
		return fmt.Errorf("claim %s: example is not normalised", cl.compiled.path)
	}
	if ok && cl.compiled.expected != nil && !cl.compiled.expected.match(s) {
		return fmt.Errorf("claim %s: example has an unexpected form", cl.compiled.path)
	}
	return nil
}
