package backchannel_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/backchannel"
	"drawbridge/shared/backchannel/backchanneltest"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"

	"pgregory.net/rapid"
)

// fetched lets the person approve, and fetches a token that the tenant has changed.
func (p phone) fetched(t *testing.T, options ...tokentest.Option) error {
	t.Helper()
	p.tenant.Forge(options...)
	p.clock.Pass(time.Minute)
	fetch := p.asked(t, rent("Rent"))
	p.tenant.Approve(t)
	p.clock.Pass(backchanneltest.Interval)
	_, err := fetch()
	return err
}

func TestATokenThatIsNotThisApprovalPaysNothing(t *testing.T) {
	p := ring(t)
	testkit.Must(t, p.fetched(t))
	for name, option := range map[string]tokentest.Option{
		"another person's":       tokentest.Claim("sub", "auth0|mallory"),
		"another client's":       tokentest.Claim("client_id", tokentest.ClientID),
		"without the scope":      tokentest.Claim("scope", "openid view:balance"),
		"for another API":        tokentest.Claim("aud", "https://another-api"),
		"another issuer's":       tokentest.Claim("iss", "https://evil.example/"),
		"from before the asking": tokentest.Claim("iat", p.clock.Now().Add(-time.Hour).Unix()),
		"an id_token":            tokentest.Claim("nonce", "n"),
		"expired":                tokentest.Claim("exp", p.clock.Now().Unix()),
		"without details":        tokentest.NoClaim("authorization_details"),
		"details of null":        tokentest.Claim("authorization_details", nil),
		"no details":             tokentest.Claim("authorization_details", []any{}),
		"another type of token":  tokentest.Header("typ", "JWT"),
	} {
		if err := p.fetched(t, option); !errors.Is(err, backchannel.ErrForeign) {
			t.Errorf("%s: %v", name, err)
		}
	}
	testkit.Must(t, p.fetched(t, tokentest.Claim("aud", []string{tokentest.Audience, p.tenant.URL + "userinfo"})))
}

// changed is a list of details that differs from the given one in one place.
func changed(t *rapid.T, text string) any {
	var list []map[string]any
	testkit.Must(t, json.Unmarshal([]byte(text), &list))
	one := list[0]
	properties := one["properties"].(map[string]any)
	name := rapid.SampledFrom(slices.Sorted(maps.Keys(properties))).Draw(t, "property")
	property := properties[name].(map[string]any)
	other := func(was any, label string) any {
		near := []any{[]any{was}, nil, true, false} // and near misses: a character more, less or another
		if text, ok := was.(string); ok && text != "" {
			at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
			near = append(near, text[:at]+text[at+1:], text[:at]+"9"+text[at:], " "+text, text+"0",
				text[:at]+string(rune(text[at]+1))+text[at+1:], text+"\x00")
		}
		anything := rapid.OneOf(rapid.String().AsAny(), rapid.Int().AsAny(), rapid.SampledFrom(near))
		return anything.Filter(func(v any) bool { return v != was }).Draw(t, label)
	}
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		one["type"] = other(one["type"], "type")
	case 1:
		one["instruction"] = other(one["instruction"], "instruction")
	case 2, 3, 4:
		property["value"] = other(property["value"], "value")
	case 5: // another order, name, or what is shown
		member := rapid.SampledFrom(slices.Sorted(maps.Keys(property))).Draw(t, "member")
		if n, isNumber := property[member].(float64); isNumber {
			property[member] = n + float64(rapid.SampledFrom([]int{-1, 1, 9}).Draw(t, "order"))
			break
		}
		property[member] = other(property[member], "of the member")
	case 6:
		where := rapid.SampledFrom([]map[string]any{one, properties, property}).Draw(t, "where")
		where["x"+rapid.StringMatching(`[a-z]{0,8}`).Draw(t, "extra")] = rapid.SampledFrom(
			[]any{nil, true, "x", map[string]any{"display": true, "value": "x"}}).Draw(t, "extra value")
	case 7:
		where := rapid.SampledFrom([]map[string]any{one, properties, property}).Draw(t, "where")
		delete(where, rapid.SampledFrom(slices.Sorted(maps.Keys(where))).Draw(t, "missing"))
	case 8:
		second := any(maps.Clone(one))
		if rapid.Bool().Draw(t, "another second") {
			second = map[string]any{"type": rapid.String().Draw(t, "second")}
		}
		if rapid.Bool().Draw(t, "first") {
			return []any{second, one}
		}
		return []any{one, second}
	case 9:
		names := slices.Sorted(maps.Keys(properties))
		a, b := rapid.SampledFrom(names).Draw(t, "a"), rapid.SampledFrom(names).Draw(t, "b")
		if a == b {
			return []any{[]any{one}}
		}
		properties[a], properties[b] = properties[b], properties[a]
	}
	return list
}

func TestDetailsThatDifferAnywhereApproveNothing(t *testing.T) {
	want := backchannel.Details(rent("Rent"))
	kinds := 0
	rapid.Check(t, func(t *rapid.T) {
		got, err := json.Marshal(changed(t, want))
		testkit.Must(t, err)
		if backchannel.SameDetails(string(got), want) {
			t.Fatalf("taken for %s\n          %s", want, got)
		}
		kinds++
	})
	for _, text := range []string{"", "null", "[]", want + want, want + "]", "[" + want + "]", want[1 : len(want)-1]} {
		if backchannel.SameDetails(text, want) {
			t.Errorf("taken: %s", text)
		}
	}
	var list any // the same, with the members in another order, other white space and other escapes
	testkit.Must(t, json.Unmarshal([]byte(want), &list))
	respelt, err := json.MarshalIndent(list, "", "  ")
	testkit.Must(t, err)
	for _, text := range []string{want, string(respelt), strings.Replace(want, "EUR", `\u0045UR`, 1)} {
		if !backchannel.SameDetails(text, want) {
			t.Errorf("not taken: %s", text)
		}
	}
	if kinds == 0 {
		t.Error("nothing was tried")
	}
}

func TestOnlyAnRSAKeyThatIsLongEnoughIsTaken(t *testing.T) {
	pkcs8 := func(key any) string {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		testkit.Must(t, err)
		return base64.StdEncoding.EncodeToString(der)
	}
	t.Setenv("GODEBUG", "rsa1024min=0") // else the weak key cannot even be made
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	testkit.Must(t, err)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	testkit.Must(t, err)
	private := tokentest.NewKey(t).Private
	good := pkcs8(private)
	if key, err := backchannel.ParseKey(good); err != nil || !key.Equal(private) {
		t.Errorf("a good one: %v", err)
	}
	for name, text := range map[string]string{
		"empty": "", "no base64": "!" + good, "a line break in it": good[:64] + "\n" + good[64:], "cut off": good[:64],
		"weak": pkcs8(weak), "of a curve": pkcs8(curve), "base64 twice": base64.StdEncoding.EncodeToString([]byte(good)),
		"PKCS #1": base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(private)),
	} {
		if _, err := backchannel.ParseKey(text); !errors.Is(err, backchannel.ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
