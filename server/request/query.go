package request

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Query reads query parameters one by one; Err gives the first fault.
type Query struct {
	values map[string]string
	err    error
}

// ReadQuery takes the parameters with these names. Another name, or the same
// one twice, is request.malformed.
func ReadQuery(c *fiber.Ctx, names ...string) *Query {
	q := &Query{values: map[string]string{}}
	for key, value := range c.Request().URI().QueryArgs().All() {
		name := matching(names, string(key))
		_, repeated := q.values[name]
		switch {
		case name == "":
			q.fail("", "unknown query parameter")
		case repeated:
			q.fail(name, "the query parameter stands twice")
		default:
			q.values[name] = string(value)
		}
	}
	return q
}

func matching(names []string, key string) string {
	for _, name := range names {
		if name == key {
			return name
		}
	}
	return ""
}

func (q *Query) fail(name, why string) {
	if q.err == nil {
		q.err = wrong(name, why)
	}
}

// Text returns a parameter of at most max bytes, "" if it is not there.
func (q *Query) Text(name string, max int) string {
	value := q.values[name]
	if len(value) > max {
		q.fail(name, "at most "+strconv.Itoa(max)+" bytes")
		return ""
	}
	return value
}

// Bool returns a parameter that is true or false; false if it is not there.
func (q *Query) Bool(name string) bool {
	value, there := q.values[name]
	if there && value != "true" && value != "false" {
		q.fail(name, "expected true or false")
	}
	return value == "true"
}

// Int returns a parameter between 1 and max, or absent if it is not there.
func (q *Query) Int(name string, max, absent int) int {
	value, there := q.values[name]
	if !there {
		return absent
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > max || strings.HasPrefix(value, "+") {
		q.fail(name, "expected 1 to "+strconv.Itoa(max))
		return absent
	}
	return n
}

// MaxNumber is the largest number that every reader of JSON keeps exact (RFC
// 8259 section 6).
const MaxNumber = 1<<53 - 1

// Number returns a parameter between 0 and MaxNumber; nil if it is not there.
func (q *Query) Number(name string) *uint64 {
	value, there := q.values[name]
	if !there {
		return nil
	}
	n, ok := Number(value)
	if !ok {
		q.fail(name, "expected a number")
		return nil
	}
	return &n
}

// Number reads digits of a number up to MaxNumber.
func Number(digits string) (uint64, bool) {
	n, err := strconv.ParseUint(digits, 10, 64) // takes no sign
	return n, err == nil && n <= MaxNumber
}

// Err returns the first fault, nil if there was none.
func (q *Query) Err() error { return q.err }
