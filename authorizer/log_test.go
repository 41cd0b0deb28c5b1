package main

import (
	"strings"
	"testing"

	"drawbridge/shared/token/tokentest"
)

func TestALineNamesDecisionReasonAndKeyButNothingOfTheToken(t *testing.T) {
	w := newWorld(t)
	raw := w.issuer.AccessToken(tokentest.Claim("jti", "jti-of-the-token"))
	w.allowed(t, raw)
	line := w.lines.Last(t)
	for name, want := range map[string]any{
		"msg": "decision", "request_id": "request-1", "decision": "allow", "reason": "verified", "kind": "user",
		"kid": w.issuer.Keys()[0].ID, "issuer": w.issuer.URL,
		"decisions": 1.0, "key_set_fetches": 1.0, "key_set_failures": 0.0,
	} {
		if line[name] != want {
			t.Errorf("%s is %v, want %v", name, line[name], want)
		}
	}
	bad := w.issuer.AccessToken(tokentest.Claim("aud", "https://other"), tokentest.Claim("jti", "jti-of-the-token"),
		tokentest.Header("kid", "kid-of-the-token"))
	w.denied(t, bad, "wrong_audience")
	if line := w.lines.Last(t); line["kid"] != nil || line["issuer"] != nil || line["key_set_fetches"] != 0.0 {
		t.Errorf("%v", line)
	}
	for _, secret := range []string{raw, bad, raw[:20], tokentest.Subject, tokentest.ClientID, "jti-of-the-token",
		"kid-of-the-token", "other", "view:balance"} {
		if strings.Contains(w.lines.String(), secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
}

func TestEveryMetricThatALineAnnouncesIsInIt(t *testing.T) {
	w := newWorld(t)
	outage(w.issuer)
	_, _ = w.ask(t, "Bearer "+w.issuer.AccessToken()) // without keys
	withoutKeys := w.lines.Last(t)
	w = newWorld(t)
	w.allowed(t, w.issuer.AccessToken())
	for _, line := range []map[string]any{withoutKeys, w.lines.Last(t)} {
		aws := line["_aws"].(map[string]any)
		if aws["Timestamp"].(float64) < 1.6e12 {
			t.Errorf("Timestamp is %v, not milliseconds", aws["Timestamp"])
		}
		for _, directive := range aws["CloudWatchMetrics"].([]any) {
			directive := directive.(map[string]any)
			if directive["Namespace"] != "a-stack" {
				t.Errorf("metrics go to %v, not to where METRICS_NAMESPACE says", directive["Namespace"])
			}
			for _, metric := range directive["Metrics"].([]any) {
				name := metric.(map[string]any)["Name"].(string)
				if _, isNumber := line[name].(float64); !isNumber {
					t.Errorf("metric %s is announced but %v", name, line[name])
				}
			}
			for _, set := range directive["Dimensions"].([]any) {
				for _, dimension := range set.([]any) {
					if _, isText := line[dimension.(string)].(string); !isText {
						t.Errorf("dimension %s is announced but %v", dimension, line[dimension.(string)])
					}
				}
			}
		}
	}
}
