package rest_test

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"

	"drawbridge/shared/rest"
)

type transferBody struct {
	From   string `json:"from"`
	Amount string `json:"amount"`
}

// decode sends body through a whole function and returns what it decoded to and what the client was told.
func decode(t *testing.T, contentType, body string) (transferBody, answer) {
	t.Helper()
	var got transferBody
	a := invoke(t, post(contentType, body), func(_ context.Context, r *rest.Request) (rest.Response, error) {
		if err := r.DecodeJSON(&got); err != nil {
			return rest.Response{}, err
		}
		return rest.NoContent(), nil
	})
	return got, a
}

func TestAWellFormedBodyIsDecoded(t *testing.T) {
	for _, contentType := range []string{"application/json", "application/json; charset=utf-8", "Application/JSON"} {
		got, a := decode(t, contentType, ` {"from": "1000000001-01", "amount":"1.00"} `)
		if a.StatusCode != 204 || got != (transferBody{"1000000001-01", "1.00"}) {
			t.Errorf("%s: %d %+v", contentType, a.StatusCode, got)
		}
	}
}

func TestABodyThatTwoParsersCouldReadInTwoWaysIsRefused(t *testing.T) {
	for name, body := range map[string]string{
		"empty":              ``,
		"not JSON":           `from=1`,
		"an array":           `[]`,
		"a string":           `"{}"`,
		"null":               `null`,
		"unclosed":           `{"from":"1"`,
		"no value":           `{"from"}`,
		"a name twice":       `{"from":"1","from":"2"}`,
		"an escaped twin":    `{"from":"1","\u0066rom":"2"}`,
		"another case":       `{"FROM":"1"}`,
		"a folded letter":    `{"ſrom":"1"}`,
		"an unknown name":    `{"from":"1","to_all":"2"}`,
		"a null value":       `{"from":null}`,
		"a number":           `{"amount":1.00}`,
		"a nested object":    `{"from":{"from":"1"}}`,
		"a trailing object":  `{"from":"1"}{"from":"2"}`,
		"a trailing byte":    `{"from":"1"}x`,
		"a trailing comma":   `{"from":"1",}`,
		"a byte order mark":  "\ufeff{}",
		"absurdly deep":      strings.Repeat(`{"from":`, 2000),
		"a high surrogate":   `{"from":"\ud800"}`,
		"a low surrogate":    `{"from":"\udc00"}`,
		"a pair backwards":   `{"from":"\udd11\ud83d"}`,
		"half of a pair":     `{"from":"1","amount":"\ud83dx"}`,
		"half a pair's name": `{"from":"1","\ud800":"x"}`,
		"twins inside":       `{"from":{"a":"1","a":"2"}}`,
	} {
		if got, a := decode(t, "application/json", body); a.StatusCode != 400 ||
			a.member(t, "code") != "invalid_request" {
			t.Errorf("%s: answered %d %s, decoded %+v", name, a.StatusCode, a.Body, got)
		}
	}
}

func TestEscapesAreResolved(t *testing.T) {
	got, a := decode(t, "application/json", `{"fr\u006fm":"\ud83d\udd11 \"\u00e9\"","amount":"\\"}`)
	if a.StatusCode != 204 || got != (transferBody{`🔑 "é"`, `\`}) {
		t.Errorf("%d %+v", a.StatusCode, got)
	}
}

func TestABooleanIsNoString(t *testing.T) {
	for body, status := range map[string]int{
		`{"everywhere":true}`: 204, `{"everywhere":"true"}`: 400, `{"everywhere":1}`: 400, `{"everywhere":null}`: 400,
	} {
		var got struct {
			Everywhere bool `json:"everywhere"`
		}
		a := invoke(t, post("application/json", body), func(_ context.Context, r *rest.Request) (rest.Response, error) {
			return rest.NoContent(), r.DecodeJSON(&got)
		})
		if a.StatusCode != status || got.Everywhere != (status == 204) {
			t.Errorf("%s: %d, decoded %v", body, a.StatusCode, got.Everywhere)
		}
	}
}

func TestARefusalNamesTheMemberThatIsWrong(t *testing.T) {
	_, a := decode(t, "application/json", `{"amount":5}`)
	if detail, _ := a.member(t, "detail").(string); !strings.Contains(detail, "amount must be a string") {
		t.Errorf("detail %q", detail)
	}
	_, a = decode(t, "application/json", `{"sum":"5"}`)
	if detail, _ := a.member(t, "detail").(string); !strings.Contains(detail, "from, amount") {
		t.Errorf("detail %q", detail)
	}
}

func TestAnotherContentTypeIsRefused(t *testing.T) {
	for _, contentType := range []string{
		"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/json, text/plain",
	} {
		if _, a := decode(t, contentType, `{"from":"1"}`); a.StatusCode != 415 {
			t.Errorf("%q: %d %s", contentType, a.StatusCode, a.Body)
		}
	}
}

func TestAnOversizedBodyIsRefused(t *testing.T) {
	if _, a := decode(t, "application/json", `{"from":"`+strings.Repeat("x", rest.MaxBody)+`"}`); a.StatusCode != 413 {
		t.Errorf("got %d", a.StatusCode)
	}
}

func TestABase64BodyIsDecodedFirst(t *testing.T) {
	event := post("application/json", "eyJmcm9tIjoiMSJ9")
	event["isBase64Encoded"] = true
	invoke(t, event, func(_ context.Context, r *rest.Request) (rest.Response, error) {
		if string(r.Body) != `{"from":"1"}` {
			t.Errorf("body %q", r.Body)
		}
		return rest.NoContent(), nil
	})
}

func TestABodyThatIsNotUTF8IsRefused(t *testing.T) {
	event := post("application/json", base64.StdEncoding.EncodeToString([]byte("{\"from\":\"\xff\"}")))
	event["isBase64Encoded"] = true
	a := invoke(t, event, func(_ context.Context, r *rest.Request) (rest.Response, error) {
		return rest.NoContent(), r.DecodeJSON(new(transferBody))
	})
	if a.StatusCode != 400 {
		t.Errorf("got %d %s", a.StatusCode, a.Body)
	}
}

func TestACompressedBodyIsRefused(t *testing.T) {
	for coding, status := range map[string]int{
		"gzip": 415, "br": 415, "identity, gzip": 415, "identity": 204, "Identity": 204,
	} {
		event := post("application/json", `{"from":"1"}`)
		event["multiValueHeaders"].(map[string]any)["content-encoding"] = []string{coding}
		a := invoke(t, event, func(_ context.Context, r *rest.Request) (rest.Response, error) {
			if err := r.DecodeJSON(&transferBody{}); err != nil {
				return rest.Response{}, err
			}
			return rest.NoContent(), nil
		})
		if a.StatusCode != status {
			t.Errorf("%s: %d, want %d", coding, a.StatusCode, status)
		}
	}
}
