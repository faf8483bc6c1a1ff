package statuslist_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/giayto/giayto/disclosure/statuslist"
)

func TestSignAndOpen(t *testing.T) {
	l := newList(t, 1000)
	o := signOptions()
	o.Certificates = [][]byte{[]byte("TEST leaf"), []byte("TEST intermediate")}
	text := sign(t, l, o)
	token, err := statuslist.Open(text, openOptions())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(token.List.Bytes(), l.Bytes()) || token.List.Bits() != 2 {
		t.Error("another list came out")
	}
	if token.Subject != listURI || token.KeyID != "status-1" || !token.IssuedAt.Equal(issued) || !token.ExpiresAt.Equal(expires) ||
		token.TTL != time.Minute || token.AggregationURI != o.AggregationURI {
		t.Errorf("read as %+v", token)
	}
	if id, err := statuslist.UnsafeKeyID(text); id != "status-1" || err != nil {
		t.Errorf("kid %q, %v", id, err)
	}
	header, _, _ := strings.Cut(text, ".")
	raw, err := b64.DecodeString(header)
	if want := `{"alg":"ES256","typ":"statuslist+jwt","kid":"status-1","x5c":["VEVTVCBsZWFm","VEVTVCBpbnRlcm1lZGlhdGU="]}`; string(raw) != want || err != nil {
		t.Errorf("header %s, want %s", raw, want)
	}
}

// The largest list, with nothing to compress and the longest header, still fits.
func TestLargestList(t *testing.T) {
	raw := make([]byte, statuslist.MaxListBytes)
	if _, err := rand.Read(raw); err != nil {
		t.Fatal(err)
	}
	l, err := statuslist.FromBytes(2, raw)
	if err != nil {
		t.Fatal(err)
	}
	o := signOptions()
	o.Certificates = [][]byte{bytes.Repeat([]byte{1}, 9000)}
	o.Subject += "?" + strings.Repeat("&", statuslist.MaxURIBytes-len(o.Subject)-1) // six bytes each in JSON
	o.AggregationURI = o.Subject
	text := sign(t, l, o)
	open := openOptions()
	open.Subject = o.Subject
	if _, err := statuslist.Open(text, open); err != nil {
		t.Errorf("%d bytes: %v", len(text), err)
	}
}

func TestOpenRefuses(t *testing.T) {
	good := sign(t, newList(t, 100), signOptions())
	parts := strings.Split(good, ".")
	const list = `{"bits":2,"lst":"eNo76fITAAPfAgc"}`
	deep := strings.Repeat("[", 20) + strings.Repeat("]", 20)
	claims := func(from, to string) string {
		return forge(t, goodHeader, strings.Replace(payload(list), from, to, 1))
	}
	iat, exp := fmt.Sprintf(`"iat":%d`, issued.Unix()), fmt.Sprintf(`"exp":%d`, expires.Unix())
	for name, c := range map[string]struct {
		text string
		want statuslist.Reason
	}{
		"forged as it should be": {forge(t, goodHeader, payload(list)), ""},
		"too large":              {strings.Repeat("a", statuslist.MaxTokenBytes+1), statuslist.ReasonTooLarge},
		"header too large":       {strings.Repeat("a", statuslist.MaxHeaderBytes+1) + ".a.a", statuslist.ReasonTooLarge},
		"empty":                  {"", statuslist.ReasonMalformed},
		"two parts":              {parts[0] + "." + parts[1], statuslist.ReasonMalformed},
		"four parts":             {good + ".a", statuslist.ReasonMalformed},
		"no signature":           {parts[0] + "." + parts[1] + ".", statuslist.ReasonMalformed},
		"header not base64url":   {"=" + good, statuslist.ReasonEncoding},
		"line break":             {parts[0] + "." + parts[1] + "." + parts[2][:5] + "\n" + parts[2][5:], statuslist.ReasonEncoding},
		"header not JSON":        {forge(t, "giấy", payload(list)), statuslist.ReasonJSON},
		"header not an object":   {forge(t, "[]", payload(list)), statuslist.ReasonHeader},
		"header null":            {forge(t, "null", payload(list)), statuslist.ReasonHeader},
		"alg twice":              {forge(t, `{"alg":"none","alg":"ES256","typ":"statuslist+jwt"}`, payload(list)), statuslist.ReasonDuplicateName},
		"alg none":               {forge(t, `{"alg":"none","typ":"statuslist+jwt"}`, payload(list)), statuslist.ReasonAlgorithm},
		"alg HS256":              {forge(t, `{"alg":"HS256","typ":"statuslist+jwt"}`, payload(list)), statuslist.ReasonAlgorithm},
		"ALG":                    {forge(t, `{"ALG":"ES256","typ":"statuslist+jwt"}`, payload(list)), statuslist.ReasonAlgorithm},
		"typ of a credential":    {forge(t, `{"alg":"ES256","typ":"dc+sd-jwt"}`, payload(list)), statuslist.ReasonType},
		"no typ":                 {forge(t, `{"alg":"ES256"}`, payload(list)), statuslist.ReasonType},
		"typ in capitals":        {forge(t, `{"alg":"ES256","typ":"STATUSLIST+JWT"}`, payload(list)), statuslist.ReasonType},
		"crit":                   {forge(t, `{"alg":"ES256","typ":"statuslist+jwt","crit":["x"]}`, payload(list)), statuslist.ReasonHeader},
		"b64":                    {forge(t, `{"alg":"ES256","typ":"statuslist+jwt","b64":true}`, payload(list)), statuslist.ReasonHeader},
		"kid a number":           {forge(t, `{"alg":"ES256","typ":"statuslist+jwt","kid":1}`, payload(list)), statuslist.ReasonHeader},
		"another payload":        {parts[0] + "." + b64.EncodeToString([]byte(payload(list))) + "." + parts[2], statuslist.ReasonSignature},
		"signature short":        {parts[0] + "." + parts[1] + "." + parts[2][:40], statuslist.ReasonSignature},
		"payload not JSON":       {forge(t, goodHeader, payload(list)+"{}"), statuslist.ReasonJSON},
		"payload not UTF-8":      {forge(t, goodHeader, "{\"a\":\"\xff\"}"), statuslist.ReasonJSON},
		"payload an array":       {forge(t, goodHeader, "[]"), statuslist.ReasonPayload},
		"payload too deep":       {claims(`"ttl":60`, `"x":`+deep), statuslist.ReasonTooLarge},
		"name twice, deep down":  {claims(`"bits":2`, `"bits":2,"bits":1`), statuslist.ReasonDuplicateName},
		"no sub":                 {claims(`"sub"`, `"SUB"`), statuslist.ReasonPayload},
		"sub of another list":    {claims(`/csgt/1"`, `/csgt/2"`), statuslist.ReasonSubject},
		"no iat":                 {claims(`"iat"`, `"Iat"`), statuslist.ReasonPayload},
		"iat a text":             {claims(iat, `"iat":"1"`), statuslist.ReasonTime},
		"iat null":               {claims(iat, `"iat":null`), statuslist.ReasonTime},
		"iat negative":           {claims(iat, `"iat":-1`), statuslist.ReasonTime},
		"exp beyond the years":   {claims(exp, `"exp":1e300`), statuslist.ReasonTime},
		"exp before iat":         {claims(exp, `"exp":1`), statuslist.ReasonTime},
		"ttl zero":               {claims(`"ttl":60`, `"ttl":0`), statuslist.ReasonTTL},
		"ttl negative":           {claims(`"ttl":60`, `"ttl":-5`), statuslist.ReasonTTL},
		"ttl a text":             {claims(`"ttl":60`, `"ttl":"60"`), statuslist.ReasonTTL},
		"ttl overflows":          {claims(`"ttl":60`, `"ttl":9223372036854775807`), statuslist.ReasonTTL},
		"no list":                {claims(`"status_list"`, `"list"`), statuslist.ReasonPayload},
		"list null":              {forge(t, goodHeader, payload("null")), statuslist.ReasonPayload},
		"list an array":          {forge(t, goodHeader, payload("[]")), statuslist.ReasonPayload},
		"no bits":                {forge(t, goodHeader, payload(`{"lst":"eNo76fITAAPfAgc"}`)), statuslist.ReasonBits},
		"bits 3":                 {claims(`"bits":2`, `"bits":3`), statuslist.ReasonBits},
		"bits 258":               {claims(`"bits":2`, `"bits":258`), statuslist.ReasonBits},
		"bits a text":            {claims(`"bits":2`, `"bits":"2"`), statuslist.ReasonBits},
		"no lst":                 {claims(`"lst"`, `"Lst"`), statuslist.ReasonPayload},
		"lst not base64url":      {claims(`"eNo7`, `"+No7`), statuslist.ReasonEncoding},
		"lst with leftover bits": {claims(`PfAgc"`, `PfAgd"`), statuslist.ReasonEncoding},
		"lst not ZLIB":           {claims(`"eNo7`, `"aNo7`), statuslist.ReasonCompression},
		"lst empty":              {claims(`"eNo76fITAAPfAgc"`, `""`), statuslist.ReasonCompression},
		"lst too long":           {claims(`"eNo76fITAAPfAgc"`, `"`+strings.Repeat("A", 1_401_000)+`"`), statuslist.ReasonTooLarge},
		"lst a bomb": {forge(t, goodHeader, payload(`{"bits":2,"lst":"`+b64.EncodeToString(deflated(t, 4<<20))+`"}`)),
			statuslist.ReasonInflated},
		"aggregation_uri a number": {claims(`"bits":2`, `"aggregation_uri":1,"bits":2`), statuslist.ReasonPayload},
	} {
		t.Run(name, func(t *testing.T) {
			token, err := statuslist.Open(c.text, openOptions())
			wants(t, err, c.want)
			if (token == nil) != (err != nil) {
				t.Errorf("token %v with error %v", token, err)
			}
		})
	}
}

// What the reader asks for decides as well.
func TestOpenOptions(t *testing.T) {
	text := sign(t, newList(t, 100), signOptions())
	skew := openOptions().Skew
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*statuslist.OpenOptions)
		want   statuslist.Reason
	}{
		"as it should be":       {func(*statuslist.OpenOptions) {}, ""},
		"another key":           {func(o *statuslist.OpenOptions) { o.Key = &otherKey.PublicKey }, statuslist.ReasonSignature},
		"no key":                {func(o *statuslist.OpenOptions) { o.Key = nil }, statuslist.ReasonKey},
		"a P-384 key":           {func(o *statuslist.OpenOptions) { o.Key = &p384.PublicKey }, statuslist.ReasonKey},
		"no clock":              {func(o *statuslist.OpenOptions) { o.Now = time.Time{} }, statuslist.ReasonOptions},
		"negative skew":         {func(o *statuslist.OpenOptions) { o.Skew = -1 }, statuslist.ReasonOptions},
		"no subject":            {func(o *statuslist.OpenOptions) { o.Subject = "" }, statuslist.ReasonSubject},
		"another subject":       {func(o *statuslist.OpenOptions) { o.Subject += "0" }, statuslist.ReasonSubject},
		"just before iat":       {func(o *statuslist.OpenOptions) { o.Now = issued.Add(-skew) }, ""},
		"before iat":            {func(o *statuslist.OpenOptions) { o.Now = issued.Add(-skew - 1) }, statuslist.ReasonIssuedInFuture},
		"just before exp":       {func(o *statuslist.OpenOptions) { o.Now = expires.Add(skew - 1) }, ""},
		"at exp":                {func(o *statuslist.OpenOptions) { o.Now = expires.Add(skew) }, statuslist.ReasonExpired},
		"stale and not refused": {func(o *statuslist.OpenOptions) { o.Now = issued.Add(time.Hour) }, ""},
		"stale": {func(o *statuslist.OpenOptions) { o.Now, o.RefuseStale = issued.Add(time.Minute+skew), true },
			statuslist.ReasonStale},
		"just fresh": {func(o *statuslist.OpenOptions) { o.Now, o.RefuseStale = issued.Add(time.Minute+skew-1), true }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := openOptions()
			c.change(&o)
			_, err := statuslist.Open(text, o)
			wants(t, err, c.want)
		})
	}
}

// What would be refused when read is refused when signed.
func TestSignRefuses(t *testing.T) {
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*statuslist.SignOptions)
		want   statuslist.Reason
	}{
		"no signer":             {func(o *statuslist.SignOptions) { o.Signer = nil }, statuslist.ReasonOptions},
		"a P-384 key":           {func(o *statuslist.SignOptions) { o.Signer = p384 }, statuslist.ReasonKey},
		"a signer that fails":   {func(o *statuslist.SignOptions) { o.Signer = brokenSigner{statusKey} }, statuslist.ReasonSigning},
		"no subject":            {func(o *statuslist.SignOptions) { o.Subject = "" }, statuslist.ReasonURI},
		"subject a path":        {func(o *statuslist.SignOptions) { o.Subject = "/status-lists/1" }, statuslist.ReasonURI},
		"subject with spaces":   {func(o *statuslist.SignOptions) { o.Subject += " " }, statuslist.ReasonURI},
		"subject with fragment": {func(o *statuslist.SignOptions) { o.Subject += "#1" }, statuslist.ReasonURI},
		"subject with user":     {func(o *statuslist.SignOptions) { o.Subject = "https://a:b@giayto.example/1" }, statuslist.ReasonURI},
		"subject a file":        {func(o *statuslist.SignOptions) { o.Subject = "file:///1" }, statuslist.ReasonURI},
		"subject too long":      {func(o *statuslist.SignOptions) { o.Subject += strings.Repeat("1", 1<<10) }, statuslist.ReasonURI},
		"aggregation a path":    {func(o *statuslist.SignOptions) { o.AggregationURI = "lists" }, statuslist.ReasonURI},
		"no iat":                {func(o *statuslist.SignOptions) { o.IssuedAt = time.Time{} }, statuslist.ReasonTime},
		"no exp":                {func(o *statuslist.SignOptions) { o.ExpiresAt = time.Time{} }, statuslist.ReasonTime},
		"exp in iat's second":   {func(o *statuslist.SignOptions) { o.ExpiresAt = o.IssuedAt.Add(time.Second / 2) }, statuslist.ReasonTime},
		"ttl below a second":    {func(o *statuslist.SignOptions) { o.TTL = time.Millisecond }, statuslist.ReasonTTL},
		"ttl of years":          {func(o *statuslist.SignOptions) { o.TTL = 2 * statuslist.MaxTTL }, statuslist.ReasonTTL},
		"empty certificate":     {func(o *statuslist.SignOptions) { o.Certificates = [][]byte{nil} }, statuslist.ReasonOptions},
		"many certificates":     {func(o *statuslist.SignOptions) { o.Certificates = make([][]byte, 9) }, statuslist.ReasonTooLarge},
		"large certificate":     {func(o *statuslist.SignOptions) { o.Certificates = [][]byte{make([]byte, 16<<10)} }, statuslist.ReasonTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			o := signOptions()
			c.change(&o)
			text, err := statuslist.Sign(newList(t, 100), o)
			wants(t, err, c.want)
			if text != "" {
				t.Error("there is a token nevertheless")
			}
		})
	}
	_, err = statuslist.Sign(nil, signOptions())
	wants(t, err, statuslist.ReasonOptions)
	o := signOptions()
	o.Signer = brokenSigner{statusKey}
	if _, err := statuslist.Sign(newList(t, 4), o); !errors.Is(err, errUnplugged) {
		t.Errorf("the signer's error is lost: %v", err)
	}
}
