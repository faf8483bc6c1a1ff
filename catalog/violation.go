package catalog

// Codes of violations. They are stable: reports of an import, answers of the
// server and tests of other programs name them.
const (
	CodeUnknownClaim  = "unknown_claim"
	CodeMissing       = "missing"
	CodeNotNullable   = "not_nullable"
	CodeTypeMismatch  = "type_mismatch"
	CodeLength        = "length"
	CodeRange         = "range"
	CodePattern       = "pattern"
	CodeNotInEnum     = "not_in_enum"
	CodeNotADate      = "not_a_date"
	CodeForbidden     = "text_forbidden_character"
	CodeNotNormalised = "not_normalised"
	CodeTooManyItems  = "too_many_items"
	CodeNotAnImage    = "not_an_image"

	// Warnings: the record is accepted and the agency is told.
	CodeUnexpectedForm = "unexpected_form"
	CodeDisagrees      = "number_disagrees"
	CodePeriodReversed = "period_reversed"
	CodeClassUnknown   = "class_unknown_in_scheme"
)

// MaxViolations is how many violations of one record are reported.
const MaxViolations = 64

var violationTexts = map[string]Text{
	CodeUnknownClaim:   {"Trường này không có trong danh mục.", "The catalogue does not know this field."},
	CodeMissing:        {"Thiếu trường bắt buộc.", "A required field is missing."},
	CodeNotNullable:    {"Trường này không được để trống (null).", "This field must not be null."},
	CodeTypeMismatch:   {"Sai kiểu dữ liệu.", "The value has the wrong type."},
	CodeLength:         {"Độ dài không đúng.", "The length is wrong."},
	CodeRange:          {"Giá trị nằm ngoài khoảng cho phép.", "The value is out of range."},
	CodePattern:        {"Giá trị không đúng mẫu.", "The value does not have the required form."},
	CodeNotInEnum:      {"Giá trị không có trong danh sách cho phép.", "The value is not one of the allowed ones."},
	CodeNotADate:       {"Không phải là ngày hợp lệ.", "This is not a valid date."},
	CodeForbidden:      {"Văn bản có ký tự không được phép.", "The text has a character that is not allowed."},
	CodeNotNormalised:  {"Văn bản chưa ở dạng Unicode NFC.", "The text is not in Unicode form NFC."},
	CodeTooManyItems:   {"Danh sách có quá nhiều mục.", "The list has too many items."},
	CodeNotAnImage:     {"Không phải là ảnh JPEG, PNG hoặc WebP.", "This is not a JPEG, PNG or WebP image."},
	CodeUnexpectedForm: {"Giá trị có dạng lạ, cần kiểm tra lại.", "The value has an unusual form; please check it."},
	CodeDisagrees:      {"Số không khớp với giới tính hoặc ngày sinh, cần kiểm tra lại.", "The number does not agree with sex or date of birth; please check it."},
	CodePeriodReversed: {"Ngày hết hạn trước ngày bắt đầu, cần kiểm tra lại.", "The period ends before it begins; please check it."},
	CodeClassUnknown:   {"Luật của năm đó không có hạng này, cần kiểm tra lại.", "The law of that year has no such class; please check it."},
}

// Violation is one thing wrong with one field of a record. It never contains
// the value.
type Violation struct {
	// Claim is the claim id, with item and member where there is one:
	// "driving_privileges[0].issue_date".
	Claim string
	// Code is one of the Code constants, or the code of a document's check.
	Code string
	// Warning: the record is accepted nevertheless.
	Warning bool
}

// Text is the sentence that tells the violation to a person.
func (v Violation) Text() Text {
	if text, ok := violationTexts[v.Code]; ok {
		return text
	}
	return Text{"Các trường của bản ghi không khớp nhau.", "Fields of the record do not agree."}
}

// Refused reports whether one of the violations is more than a warning.
func Refused(violations []Violation) bool {
	for _, v := range violations {
		if !v.Warning {
			return true
		}
	}
	return false
}
