package catalog

// Text is a sentence or label in the two languages of the product.
type Text struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

// Agency is the authority that keeps a register and signs its credentials.
type Agency struct {
	ID   string `json:"id"`
	Name Text   `json:"name"`
}

// Document is one kind of paper: its claims, its presets' vocabulary and the
// rules of its life. It is immutable once loaded.
type Document struct {
	ID     string `json:"id"`
	Code   int    `json:"code"` // wire code in a presentation, append-only
	Labels Text   `json:"labels"`
	Hue    string `json:"hue"` // colour of its card, #rrggbb
	Agency Agency `json:"agency"`

	// Version is the last path segment of the credential type (vct).
	Version int      `json:"version"`
	Legal   []string `json:"legal"`

	// Anchor names the document that must already be held by the same person;
	// empty for a root document.
	Anchor string `json:"anchor,omitempty"`
	// Identity says which claims identify the holder. In an anchored document
	// each must agree with the anchor's when the record carries it.
	Identity Identity `json:"identity"`
	Record   Record   `json:"record"`
	Validity Validity `json:"validity"`
	// Checks compare claims of one record with each other; they only warn.
	Checks []Check `json:"checks,omitempty"`

	// LifetimeDays bounds the technical life of an issued credential.
	LifetimeDays int `json:"lifetime_days"`

	Claims  []*Claim                     `json:"claims"`
	Derived []*Claim                     `json:"derived"`
	Tables  map[string]map[string]string `json:"tables,omitempty"`

	claims   map[string]*Claim
	keys     map[int]*Claim
	all      []*Claim // claims, then derived
	tree     *node    // of register claims
	closures map[string]map[string][]string
}

// Identity maps the three facts of the same-person check to claim ids. An
// empty id means that this document does not carry the fact.
type Identity struct {
	Number    string `json:"number,omitempty"`
	Name      string `json:"name,omitempty"`
	Birthdate string `json:"birthdate,omitempty"`
	// Former is a list claim of a root document whose items have a member
	// "value". Those whose "kind" is FormerKind are cancelled personal numbers
	// of the same person.
	Former     string `json:"former,omitempty"`
	FormerKind string `json:"former_kind,omitempty"`
}

// Record says how register records of a document relate to each other.
type Record struct {
	// Key is the claims that together name one paper (for a vehicle the VIN,
	// not the plate: plates move).
	Key []string `json:"key"`
	// Order is a date claim; a record with an older date never replaces a
	// newer one. Empty: the record read last counts.
	Order string `json:"order,omitempty"`
	// NewHolder is what happens when a record with a known key names another
	// holder: "refuse", or "transfer" (the former holder's credential ends).
	NewHolder string `json:"new_holder"`
	// Shared is a claim; holders whose records agree on it hold the paper
	// together (co-owners on one registration certificate).
	Shared string `json:"shared,omitempty"`
	// Single: a person has one paper of this kind, so a newer record replaces
	// the older one even under another key. Always so for a root document.
	Single bool `json:"single,omitempty"`
}

// Check compares claims of one record with each other. A disagreement is a
// warning, because a corrected sex or birth date keeps the old number.
//
//	personal_number  Number, Sex, Birthdate: century, sex and year inside the
//	                 12-digit number agree with the two claims
//	covered          Claim (list), Member, Scheme, Table: the table has a row for
//	                 every item, without which no rule would count the item
type Check struct {
	Op        string `json:"op"`
	Number    string `json:"number,omitempty"`
	Sex       string `json:"sex,omitempty"`
	Birthdate string `json:"birthdate,omitempty"`
	Claim     string `json:"claim,omitempty"`
	Member    string `json:"member,omitempty"`
	Scheme    string `json:"scheme,omitempty"`
	Table     string `json:"table,omitempty"`
	Code      string `json:"code"` // code of the violation
}

// Validity names the administrative life of the paper. Dates are civil dates
// in Asia/Ho_Chi_Minh; both ends belong to the period.
type Validity struct {
	From  string `json:"from,omitempty"`  // date claim
	Until string `json:"until,omitempty"` // date claim, null = no end
	// Status is an enum claim of which only InForce allows presentations.
	Status  string `json:"status,omitempty"`
	InForce string `json:"in_force,omitempty"`
}

// Type is the kind of a claim's value. The Go value is given after the name.
type Type string

const (
	TypeText        Type = "text"         // string, NFC
	TypeDigits      Type = "digits"       // string of exactly Length digits; on the wire an unsigned integer
	TypeDate        Type = "date"         // string YYYY-MM-DD; on the wire days since 1970-01-01
	TypePartialDate Type = "partial_date" // string YYYY, YYYY-MM or YYYY-MM-DD; partial ones travel as text
	TypeInt         Type = "int"          // int64
	TypeBool        Type = "bool"         // bool
	TypeEnum        Type = "enum"         // string or int64 out of Enum; on the wire the value's code
	TypeList        Type = "list"         // []any of Item
	TypeObject      Type = "object"       // map[string]any of Members; only inside a list
	TypeImage       Type = "image"        // string, data: URI; never on the wire of a QR
)

// Disclosure says whether a claim can be hidden in the issued credential.
type Disclosure string

const (
	// Always: stands in the clear in the credential (SD-JWT). A QR carries it
	// only when it was chosen, like any other claim.
	Always Disclosure = "always"
	// Choice: a disclosure of its own.
	Choice Disclosure = "choice"
	// Never: checked at issuance, then neither issued nor shared.
	Never Disclosure = "never"
)

// Sensitivity classes of domain law (NĐ 356/2025): a claim is public,
// basic personal data, an identifier, or sensitive personal data.
type Sensitivity string

const (
	Public     Sensitivity = "public"
	Basic      Sensitivity = "basic"
	Identifier Sensitivity = "identifier"
	Sensitive  Sensitivity = "sensitive"
)

// Volatility says how fast a fact changes, beyond the dates that it depends on.
// Volatile facts never enter a credential: only a presentation, which lives for
// a minute, may state them. A derived claim that reads a volatile one is
// volatile itself.
type Volatility string

const (
	Static   Volatility = "static"
	Changing Volatility = "changing"
	Volatile Volatility = "volatile"
)

// Claim is one field of a document, read from a register or derived by Rule.
type Claim struct {
	// ID is the dotted path of the claim, e.g. "address.region". A record and
	// a credential nest it accordingly.
	ID string `json:"id"`
	// Key is the integer that stands for the claim in a QR: unique in its
	// document (or object), append-only, 0 if it never travels in a QR.
	Key         int         `json:"key"`
	Type        Type        `json:"type"`
	Labels      Text        `json:"labels"`
	Disclose    Disclosure  `json:"disclose"`
	Sensitivity Sensitivity `json:"sensitivity"`
	MinAuth     int         `json:"min_auth"` // authentication level 1..4 of NĐ 69/2024 art. 20
	Volatility  Volatility  `json:"volatility"`
	Mask        string      `json:"mask,omitempty"` // how a list shows it: "", "last3", "hidden"

	Required  bool     `json:"required,omitempty"`
	Nullable  bool     `json:"nullable,omitempty"`
	NullText  *Text    `json:"null_text,omitempty"` // what null means: "Không thời hạn"
	Normalise []string `json:"normalise,omitempty"` // steps by name, in order; see Normalise
	Pattern   string   `json:"pattern,omitempty"`   // RE2, anchored; a mismatch is an error
	Expected  string   `json:"expected,omitempty"`  // RE2, anchored; a mismatch is a warning
	Length    int      `json:"length,omitempty"`    // digits: exact number of digits
	MaxLength int      `json:"max_length,omitempty"`
	Min       *int64   `json:"min,omitempty"`
	Max       *int64   `json:"max,omitempty"`
	MaxItems  int      `json:"max_items,omitempty"`

	Enum    []EnumValue `json:"enum,omitempty"`
	Item    *Claim      `json:"item,omitempty"`    // of a list
	Members []*Claim    `json:"members,omitempty"` // of an object

	// Decoy: the absence of this optional claim would tell something, so a
	// credential without it carries a decoy digest in its place.
	Decoy bool `json:"decoy,omitempty"`
	// Prefix is shown before the value, e.g. "•••" before the last digits.
	Prefix  string `json:"prefix,omitempty"`
	Example any    `json:"example"`
	// Rule makes the claim a derived one.
	Rule *Rule `json:"rule,omitempty"`

	compiled compiled
}

// EnumValue is one allowed value; its code is append-only.
type EnumValue struct {
	Value  any  `json:"value"` // string or integer
	Code   int  `json:"code"`
	Labels Text `json:"labels"`
}

// Rule computes a derived claim. Op is one of a closed set; the other members
// are its arguments. A date argument is compared with the civil day of the
// moment given to Derive, in Asia/Ho_Chi_Minh.
//
//	age_at_least   Claim (partial date), Years    -> bool; born 29 Feb counts from 1 March
//	year           Claim                          -> int
//	precision      Claim (partial date)           -> enum day|month|year
//	last           Claim, Count                   -> the last Count characters, if there are more
//	initials       Claim                          -> "N. T. M. A.", without tone marks
//	plate_display  Claim                          -> "51K-123.45"
//	contains       Claim (list), Value            -> bool
//	equals         Claim, Value                   -> bool
//	states         Claim, Value                   -> bool; equals, and no where the record lacks the claim
//	in_period      From, Until                    -> bool; a null Until has no end
//	today_if       If                             -> today's date when If holds, else not derivable
//	on_or_after    Claim (date)                   -> bool; today >= date
//	on_or_before   Claim (date)                   -> bool; today <= date
//	lookup         Claim, Take (0 = all), Table   -> text or int by Type
//	covers         Claim (list), Member, Scheme, Table, Value -> bool; an item covers Value
//	all_items_have Claim (list), Member, Value    -> bool; over the items that carry Member, or
//	               whose Class covers Among where Class, Scheme, Table and Among are given
//	years_since    Claim (list), Member, Value, From -> int; full years since the earliest item that
//	               has Value, or covers it where Scheme and Table are given
//	is_holder      Claim                          -> bool; equals the holder's personal number
//	item_values    Claim (list), Member           -> list of that member, each value once
//	covered_values Claim (list), Member, Scheme, Table -> list of all that the items cover, in
//	               the terms of the newest scheme and the order of the answer's enum
//	all / any      Of                             -> bool, three-valued
//	not            If                             -> bool
//
// The rules over items of a list look only at the items whose period runs
// today, if From and Until name the members that bound it.
//
// A table for covers has rows "<scheme>:<class>" with the classes it covers,
// separated by commas, in terms of the newest (greatest) scheme. Loading closes
// the rows transitively inside that scheme; a class of it covers itself.
type Rule struct {
	Op     string  `json:"op"`
	Claim  string  `json:"claim,omitempty"`
	Member string  `json:"member,omitempty"`
	Class  string  `json:"class,omitempty"`
	Among  any     `json:"among,omitempty"`
	Scheme string  `json:"scheme,omitempty"`
	Table  string  `json:"table,omitempty"`
	Value  any     `json:"value,omitempty"`
	From   string  `json:"from,omitempty"`
	Until  string  `json:"until,omitempty"`
	Years  int     `json:"years,omitempty"`
	Count  int     `json:"count,omitempty"`
	Take   int     `json:"take,omitempty"`
	If     *Rule   `json:"if,omitempty"`
	Of     []*Rule `json:"of,omitempty"`

	run func(*evaluation, *Rule) (any, error)
}

// Preset is a situation with the claims it may ask for. Asking for more than
// Required and Optional is over-asking and is refused.
type Preset struct {
	ID        string           `json:"id"`
	Labels    Text             `json:"labels"`
	Purpose   Text             `json:"purpose"`
	Category  string           `json:"category"`
	Documents []PresetDocument `json:"documents"`
	// FaceCheck: the checker is told to compare the face with the person; a
	// portrait does not fit into a QR.
	FaceCheck bool `json:"face_check"`
	// RetentionDays is how long a checker may keep the values; 0 = not at all.
	RetentionDays int `json:"retention_days"`
}

// PresetDocument is the part of a preset that concerns one document.
type PresetDocument struct {
	Document string   `json:"document"`
	Required []string `json:"required"`
	Optional []string `json:"optional,omitempty"`
	// Affirmed names those required yes-or-no claims that must be yes: a shop
	// that asks "aged 18 or over?" is not served by a genuine "no".
	Affirmed []string `json:"affirmed,omitempty"`
}
