package console

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"drawbridge/local/gateway"
	"drawbridge/local/iam"
	"drawbridge/shared/testkit"
)

// aCode has the shape of an authorization code, aSecret of 256 random bits.
var (
	aCode      = "dbc_" + strings.Repeat("abcdefg2", 8)
	aSecret    = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE"
	aSignature = strings.Repeat("c2lnbmF0dXJl", 20)
)

func jwt(header, claims string) string {
	segment := base64.RawURLEncoding.EncodeToString
	return segment([]byte(header)) + "." + segment([]byte(claims)) + "." + aSignature
}

// shownOf is a credential as the page gets it.
func shownOf(t testkit.T, c any) string {
	out, err := json.Marshal(c)
	testkit.Must(t, err)
	return string(out)
}

func TestOfATokenTheHeaderAndTheClaimsAreShown(t *testing.T) {
	out := shownOf(t, decode("Authorization", jwt(
		`{"alg":"RS256","typ":"at+jwt","kid":"pZ3k9QwErTyUiOpAsDfGhJkLzXcVbNm1234567890ab"}`,
		`{"iss":"http://localhost:3001/","aud":["https://my-banking-api","x"],"exp":1790000000,`+
			`"https://my-banking-api/mfa_at":1789999990,"https://my-banking-api/approval_id":"AbCdEfGhIjKlMnOpQrStUv",`+
			`"https://my-banking-api/transfer":"1000000001-01 1000000002-01 10.00 EUR rent","scope":"openid view:balance"}`)))
	for _, want := range []string{
		`{"name":"alg","value":"RS256"}`, `{"name":"kid","value":"pZ3k9QwE…"}`,
		`{"name":"iss","value":"http://localhost:3001/"}`, `{"name":"aud","value":"https://my-banking-api, x"}`,
		`{"name":"exp","value":"1790000000","time":true}`, `{"name":"scope","value":"openid view:balance"}`,
		`{"name":"https://my-banking-api/mfa_at","value":"1789999990","time":true}`,
		`{"name":"https://my-banking-api/approval_id","value":"AbCdEfGh…"}`,
		`{"name":"https://my-banking-api/transfer","value":"1000000001-01 1000000002-01 10.00 EUR rent"}`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%s is not in %s", want, out)
		}
	}
	if strings.Contains(out, aSignature[:16]) {
		t.Error("the signature is shown")
	}
}

// A name that no table has says nothing about its value, and is itself the client's.
func TestWhatNoTableNamesIsCountedAndNotShown(t *testing.T) {
	for claims, header := range map[string]string{
		`{"password":"hunter"}`: `{}`, `{}`: `{"jku":"http://hunter"}`, `{"https://x/hunter":1}`: `{}`,
	} {
		if out := shownOf(t, decode("x", jwt(header, claims))); !strings.Contains(out, `"withheld":1`) ||
			strings.Contains(out, "hunter") {
			t.Error(out)
		}
	}
}

func TestATokenIsShownWithTheSchemeThatItCameBy(t *testing.T) {
	token := jwt(`{"alg":"RS256"}`, `{"sub":"a","cnf":{"jkt":"hunter"}}`)
	for header, want := range map[string]string{
		"Bearer " + token: "Bearer JWT", "DPoP " + token: "DPoP JWT", "dpop " + token: "DPoP JWT",
		"Basic " + token: " unreadable", token: " unreadable",
	} {
		c := credentials(http.Header{"Authorization": {header}, "Dpop": {token}}, nil)
		if len(c) != 1 || c[0].Scheme+" "+c[0].Kind != want {
			t.Errorf("%s: %+v", header, c)
		}
		if strings.Contains(shownOf(t, c), "hunter") {
			t.Errorf("%s shows the key", header)
		}
	}
}

func TestALogLineIsShownAsItIsWritten(t *testing.T) {
	id := "0f3c2b1a-1111-2222-3333-444455556666"
	for line, want := range map[string]string{
		`{"time":"now","level":"INFO","msg":"request","route":"GET /balance","status":200,"request_id":"r"}`: "" +
			`request route="GET /balance" status=200`,
		`{"level":"WARN","msg":"request","cause":"the table is gone","transfer_id":"` + id + `"}`: "" +
			`request level=WARN cause="the table is gone" transfer_id=` + id,
		`{"msg":"request","code":"` + aCode + `"}`: "request code=" + removed,
		"a line of text with " + aSecret:           "a line of text with " + removed,
		`{"no":"message"}`:                         `{"no":"message"}`,
	} {
		if got, _ := logLines([]byte(line + "\n")); len(got) != 1 || got[0] != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestALineThatIsNoRecordStaysAsItIs(t *testing.T) {
	for _, line := range []string{"panic: out of cheese", `{"no":"message"}`, `{"msg":"cut o`, `["msg"]`, "{}", ""} {
		if got := Readable(line); got != line {
			t.Errorf("%q became %q", line, got)
		}
	}
	if got := Readable(`{"level":"ERROR","msg":"failed"}`); got != "failed level=ERROR" {
		t.Error(got)
	}
}

func TestASecretOfTheBridgeIsNamedAndNotShown(t *testing.T) {
	out := shownOf(t, decode("id_token", jwt(`{"alg":"RS256"}`, `{"session_id":"short-but-secret","nonce":"also"}`)))
	if !strings.Contains(out, `{"name":"session_id","withheld":true}`) || strings.Contains(out, "secret") ||
		strings.Contains(out, "also") {
		t.Error(out)
	}
}

func TestAValueOfAnotherKindThanItsNamePromisesIsNotShown(t *testing.T) {
	out := shownOf(t, decode("x", jwt(`{"alg":{"a":"hunter"},"kid":7}`,
		`{"exp":"hunter","sub":["a",{"b":"hunter"}],"email_verified":"hunter","scope":7}`)))
	if strings.Contains(out, "hunter") || strings.Contains(out, `"value"`) {
		t.Error(out)
	}
}

func TestACredentialIsNotShownAsAnotherValue(t *testing.T) {
	for _, secret := range []string{
		aCode, strings.ToUpper(aCode), jwt(`{"a":1}`, `{}`), aSecret, "x" + aCode, aCode[:20],
	} {
		for _, shown := range []string{
			plain("before " + secret + " after"), plain(secret), start(secret), words("it was " + secret),
			plain(strings.Repeat("x ", 95) + secret),
		} {
			if strings.Contains(shown, secret[:min(len(secret), 9)]) || strings.Contains(shown, aSignature[:12]) {
				t.Errorf("%q is shown as %q", secret, shown)
			}
		}
	}
}

func TestProseIsWhatIsLeftOfAnError(t *testing.T) {
	for text, want := range map[string]string{
		"errorString: the table is gone":    "errorString: the table is gone",
		"POST /nonce answered 403":          "POST /nonce answered 403",
		"password hunter2 is wrong":         "password [withheld] is wrong",
		"Task timed out after 3.00 seconds": "Task timed out after 3.00 seconds",
		"panic: boom\ngoroutine 1":          "panic: boom",
		"id 0f3c2b1a-aaaa went":             "id [withheld] went",
		"token=abc":                         "[withheld]",
		"\x1b[2Jcleared":                    "[withheld]",
	} {
		if got := words(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

func TestOrdinaryNamesAreShownInFull(t *testing.T) {
	for _, text := range []string{
		"auth0|66f0a1c0de00000000000001", "customer|1000000001",
		"http://schemas.openid.net/pape/policies/2007/06/multi-factor",
		"QfUuGR54uorxqjU5E1NAR33kXic3Vq8o@clients", "openid view:balance", "0f3c2b1a-1111-2222-3333-444455556666",
		"Übung 名前",
	} {
		if got := plain(text); got != text {
			t.Errorf("%q is shown as %q", text, got)
		}
	}
}

func TestControlCharactersAndLengthAreTamed(t *testing.T) {
	if got := plain("a\x00\x1b[31m\u202eb"); strings.ContainsAny(got, "\x00\x1b\u202e") {
		t.Errorf("%q", got)
	}
	if got := plain(strings.Repeat("long text ", 1000)); len([]rune(got)) > longest+1 {
		t.Errorf("%d characters", len([]rune(got)))
	}
}

// Whatever the client puts where, nothing of it that is worth having is in what the page gets.
func TestNoSecretIsInAnyEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := func(name string, n int) string {
			return rapid.StringOfN(rapid.RuneFrom([]rune("abcdefghijklmnopqrstuvwxyz234567")), n, n, -1).Draw(t, name)
		}
		code, session := "dbc_"+random("code", 64), random("session", 43)
		signature, password := random("signature", 342), random("password", 10)+"7"
		// A password has no shape; that no function logs one is for the functions' own tests to hold.
		secrets := []string{code[4:24], session[:20], signature[:20], password}
		logged := rapid.SampledFrom([]string{code, session, "e." + signature}).Draw(t, "logged")
		hide := rapid.SampledFrom([]string{code, session, "e." + signature, password}).Draw(t, "hidden")
		claim := rapid.SampledFrom([]string{"session_id", "password", "nonce", "kid", "jti"}).Draw(t, "claim")
		if hide != password { // a password has no shape: where a name is shown, nobody can tell it from one
			claim = rapid.SampledFrom([]string{"sub", "scope", "iss", "aud", "email", claim}).Draw(t, "any claim")
		}
		token := jwt(`{"alg":"RS256"}`, fmt.Sprintf(`{%q:%q}`, claim, hide))
		token = token[:strings.LastIndex(token, ".")+1] + signature

		o, err := New(Config{})
		testkit.Must(t, err)
		defer o.Close()
		e := gateway.Exchange{
			Trace: "1-a-b", RequestID: "r", At: time.Now(), Method: password, Path: "/balance/" + hide,
			Authorizer: &gateway.AuthorizerStep{Name: "A"},
		}
		body := fmt.Sprintf(`{"username":"alice","password":%q,"id_token":%q,"authorization_code":%q}`, password, token, code)
		bearer := rapid.SampledFrom([]string{token, code, "Basic " + password}).Draw(t, "bearer")
		header := http.Header{"Authorization": {"Bearer " + bearer}, "Cookie": {session}}
		o.Receive(e, header, []byte(body))
		e.Authorizer.Error = "boom " + hide
		e.Authorizer.Logs = fmt.Appendf(nil, "%s\n{\"msg\":\"request\",\"cause\":%q,\"authorization_code\":%q}\n",
			logged, "went "+logged, code)
		o.Follow(e)
		o.Operate(iam.Operation{Trace: "1-a-b", Function: "F", Name: logged, Error: logged + " " + code,
			Needs: []iam.Need{{Action: "dynamodb:PutItem", Resource: "arn:aws:dynamodb:x:1:table/T"}}})
		o.Observe(e)
		events, _ := o.ring.after(0)
		for _, event := range events {
			out := shownOf(t, event.value)
			for _, secret := range secrets {
				if strings.Contains(out, secret) {
					t.Fatalf("%q is in %s", secret, out)
				}
			}
		}
	})
}
