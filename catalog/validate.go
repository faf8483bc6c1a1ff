package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// maxKey bounds wire keys, enum codes and document codes.
const maxKey = 1<<16 - 1

// Bounds of a document's own members.
const (
	maxLifetimeDays  = 3660
	maxRetentionDays = 3660
	maxLabel         = 300 // characters of a label
)

var (
	nameForm      = regexp.MustCompile(`^[a-z][a-z0-9_]{0,47}$`)
	claimForm     = regexp.MustCompile(`^[a-z][a-z0-9_]{0,47}(\.[A-Za-z0-9_]{1,48}){0,3}$`)
	colourForm    = regexp.MustCompile(`^#[0-9a-f]{6}$`)
	sensitivities = []Sensitivity{Public, Basic, Identifier, Sensitive}
	volatilities  = []Volatility{Static, Changing, Volatile}
	disclosures   = []Disclosure{Always, Choice, Never}
)

// sound refuses a text of the catalogue that is empty, too long, not NFC or has
// characters that no text may have.
func sound(what, s string) error {
	switch {
	case s == "":
		return fmt.Errorf("%s is missing", what)
	case len(s) > maxLabel*4, forbiddenText(s), !composed(s):
		return fmt.Errorf("%s is too long, not NFC or has a forbidden character", what)
	}
	return nil
}

func (t Text) sound(what string) error {
	return errors.Join(sound(what+" (vi)", t.VI), sound(what+" (en)", t.EN))
}

// validate checks everything that one document can tell about itself.
func (d *Document) validate() error {
	errs := []error{d.Labels.sound("labels"), d.Agency.Name.sound("agency name")}
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	refuse(!nameForm.MatchString(d.ID), "id %q", d.ID)
	refuse(d.Code < 1 || d.Code > maxKey, "code %d is out of range", d.Code)
	refuse(!colourForm.MatchString(d.Hue), "hue %q is not #rrggbb", d.Hue)
	refuse(!nameForm.MatchString(d.Agency.ID), "agency id %q", d.Agency.ID)
	refuse(d.Version < 1, "version %d", d.Version)
	refuse(d.LifetimeDays < 1 || d.LifetimeDays > maxLifetimeDays, "lifetime_days %d is out of range", d.LifetimeDays)
	refuse(len(d.Legal) == 0, "legal is empty")
	for _, source := range d.Legal {
		errs = append(errs, sound("legal", source))
	}
	for name, rows := range d.Tables {
		refuse(!nameForm.MatchString(name), "table name %q", name)
		for key, value := range rows {
			refuse(!composed(key) || forbiddenText(key) || !composed(value) || forbiddenText(value), "table %s: row %q", name, key)
		}
	}
	errs = append(errs, d.validateRoles()...)
	d.closures = map[string]map[string][]string{}
	for _, cl := range d.Claims {
		errs = append(errs, cl.validateTop(), cl.validate(0))
		refuse(cl.Rule != nil, "claim %s: a register claim has no rule", cl.ID)
	}
	for _, cl := range d.Derived {
		errs = append(errs, cl.validateTop(), cl.validate(0))
		if cl.Rule == nil {
			refuse(true, "claim %s: a derived claim needs a rule", cl.ID)
		} else if err := cl.Rule.bind(d, cl, 0); err != nil {
			refuse(true, "claim %s: %w", cl.ID, err)
		} else {
			errs = append(errs, cl.steady(d, cl.Rule))
		}
	}
	return errors.Join(errs...)
}

// validateRoles checks the claims that the rules of a document's life name.
func (d *Document) validateRoles() []error {
	var errs []error
	need := func(role, id string, optional bool, types ...Type) *Claim {
		if id == "" && optional {
			return nil
		}
		cl, err := d.register(id, types...)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", role, err))
		}
		return cl
	}
	need("identity.number", d.Identity.Number, d.Anchor != "", TypeText, TypeDigits)
	need("identity.name", d.Identity.Name, true, TypeText)
	need("identity.birthdate", d.Identity.Birthdate, true, TypePartialDate, TypeDate)
	if len(d.Record.Key) == 0 {
		errs = append(errs, errors.New("record.key is empty"))
	}
	for _, id := range d.Record.Key {
		if cl := need("record.key", id, false, TypeText, TypeDigits); cl != nil && !cl.Required {
			errs = append(errs, fmt.Errorf("record.key: %s is not required", id))
		}
	}
	need("record.order", d.Record.Order, true, TypeDate)
	need("record.shared", d.Record.Shared, true, TypeText, TypeDigits)
	if !slices.Contains([]string{"refuse", "transfer"}, d.Record.NewHolder) {
		errs = append(errs, fmt.Errorf("record.new_holder %q is neither refuse nor transfer", d.Record.NewHolder))
	}
	need("validity.from", d.Validity.From, true, TypeDate)
	need("validity.until", d.Validity.Until, true, TypeDate)
	status := need("validity.status", d.Validity.Status, true, TypeEnum)
	if status != nil && status.compiled.byValue[d.Validity.InForce] == nil || status == nil && d.Validity.InForce != "" {
		errs = append(errs, fmt.Errorf("validity.in_force %q is no value of the status", d.Validity.InForce))
	}
	for _, check := range d.Checks {
		if !nameForm.MatchString(check.Code) {
			errs = append(errs, fmt.Errorf("check: code %q", check.Code))
		}
		switch check.Op {
		case checkPersonalNumber:
			need("check.number", check.Number, false, TypeText, TypeDigits)
			need("check.sex", check.Sex, true, TypeEnum)
			need("check.birthdate", check.Birthdate, true, TypePartialDate, TypeDate)
		case checkCovered:
			need("check.claim", check.Claim, false, TypeList)
			if len(d.Tables[check.Table]) == 0 || check.Member == "" || check.Scheme == "" {
				errs = append(errs, fmt.Errorf("check covered: no table %q, or no member or scheme", check.Table))
			}
		default:
			errs = append(errs, fmt.Errorf("check: op %q", check.Op))
		}
	}
	return errs
}

// Operations of a Check.
const (
	checkPersonalNumber = "personal_number"
	checkCovered        = "covered"
)

// relate checks what documents and presets say about each other.
func (c *Catalog) relate() error {
	var errs []error
	for _, d := range c.documents {
		if root := c.byID[d.Anchor]; d.Anchor != "" && (root == nil || root.Anchor != "") {
			errs = append(errs, fmt.Errorf("%s: anchor %q is not a root document", d.ID, d.Anchor))
		}
		if known, ok := c.Agency(d.Agency.ID); !ok {
			c.agencies = append(c.agencies, d.Agency)
			slices.SortFunc(c.agencies, func(a, b Agency) int { return cmp.Compare(a.ID, b.ID) })
		} else if known != d.Agency {
			errs = append(errs, fmt.Errorf("%s: agency %s has another name elsewhere", d.ID, d.Agency.ID))
		}
	}
	for i, p := range c.presets {
		if p == nil {
			errs = append(errs, errors.New("a preset is null"))
			continue
		}
		if err := p.validate(c); err != nil {
			errs = append(errs, fmt.Errorf("preset %s: %w", p.ID, err))
		}
		if slices.ContainsFunc(c.presets[:i], func(q *Preset) bool { return q != nil && q.ID == p.ID }) {
			errs = append(errs, fmt.Errorf("preset %s stands twice", p.ID))
		}
	}
	return errors.Join(errs...)
}

func (p *Preset) validate(c *Catalog) error {
	errs := []error{p.Labels.sound("labels"), p.Purpose.sound("purpose")}
	if !nameForm.MatchString(p.ID) || !nameForm.MatchString(p.Category) {
		errs = append(errs, fmt.Errorf("id %q or category %q", p.ID, p.Category))
	}
	if p.RetentionDays < 0 || p.RetentionDays > maxRetentionDays {
		errs = append(errs, fmt.Errorf("retention_days %d is out of range", p.RetentionDays))
	}
	if len(p.Documents) == 0 {
		errs = append(errs, errors.New("documents is empty"))
	}
	seen := map[string]bool{}
	for _, part := range p.Documents {
		d := c.byID[part.Document]
		if d == nil || seen[part.Document] || len(part.Required) == 0 {
			errs = append(errs, fmt.Errorf("document %q is unknown, stands twice or requires nothing", part.Document))
			continue
		}
		seen[part.Document] = true
		asked := map[string]bool{}
		for _, id := range slices.Concat(part.Required, part.Optional) {
			cl := d.claims[id]
			if cl == nil || cl.Key == 0 || cl.Disclose == Never || asked[id] {
				errs = append(errs, fmt.Errorf("%s: claim %q is unknown, cannot travel or stands twice", d.ID, id))
			}
			asked[id] = true
		}
		for _, id := range part.Affirmed {
			if cl := d.claims[id]; cl == nil || cl.Type != TypeBool || !slices.Contains(part.Required, id) {
				errs = append(errs, fmt.Errorf("%s: affirmed %q is not a required yes-or-no claim", d.ID, id))
			}
		}
	}
	return errors.Join(errs...)
}
