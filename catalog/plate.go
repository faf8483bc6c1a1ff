package catalog

import "regexp"

// plateForms turns compact registration numbers into what is stamped on the
// plate. Order matters: the first form that fits is taken. A four-digit
// motorcycle plate of before 2010 with a digit in its series reads like a
// five-digit car plate; the compact form does not tell them apart, and the car
// is what the form says.
var plateForms = []struct {
	form  *regexp.Regexp
	shown string
}{
	{regexp.MustCompile(`^(\d\d)([A-ZĐ])(\d{3})(\d\d)$`), "$1$2-$3.$4"},                  // car: 51K-123.45
	{regexp.MustCompile(`^(\d\d)([A-ZĐ])(\d{4})$`), "$1$2-$3"},                           // car, four digits
	{regexp.MustCompile(`^(\d\d)(LD|DA|KT|MK|HC|CD|RM|TĐ)(\d{3})(\d\d)$`), "$1$2-$3.$4"}, // car series of two letters
	{regexp.MustCompile(`^(\d\d)(LD|DA|KT|MK|HC|CD|RM|TĐ)(\d{4})$`), "$1$2-$3"},          // the same, four digits
	{regexp.MustCompile(`^(\d\d)([A-ZĐ]\d|[A-ZĐ]{2}\d?)(\d{3})(\d\d)$`), "$1-$2 $3.$4"},  // motorcycle: 59-X2 123.45, 29-MĐ1 013.53
	{regexp.MustCompile(`^(\d\d)([A-ZĐ]{2})(\d{4})$`), "$1-$2 $3"},                       // motorcycle, four digits
	{regexp.MustCompile(`^(\d\d)(\d{3})(NG|NN|CV|QT)(\d{2,3})$`), "$1-$2-$3-$4"},         // diplomatic: 80-011-NG-01
	{regexp.MustCompile(`^T(\d\d)([A-ZĐ]?)(\d{3})(\d\d)$`), "T $1$2-$3.$4"},              // temporary
	{regexp.MustCompile(`^([A-ZĐ]{2})(\d\d)(\d\d)$`), "$1 $2-$3"},                        // army: TM 12-34
}

// plateDisplay writes a plate as a person reads it; a form that is not known
// stays compact, because it is still the plate.
func plateDisplay(e *evaluation, r *Rule) (any, error) {
	compact, err := e.text(r.Claim)
	if err != nil {
		return nil, err
	}
	for _, f := range plateForms {
		if f.form.MatchString(compact) {
			return f.form.ReplaceAllString(compact, f.shown), nil
		}
	}
	return compact, nil
}
