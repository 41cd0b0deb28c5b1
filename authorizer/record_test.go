package main

import (
	"strings"
	"testing"

	"drawbridge/shared/token/tokentest"
)

func TestALineNamesDecisionReasonAndKeyButNothingOfTheToken(t *testing.T) {
	b := open(t)
	raw := b.issuer.AccessToken(tokentest.Claim("jti", "jti-of-the-token"))
	if _, err := b.ask(t, "Bearer "+raw); err != nil {
		t.Fatal(err)
	}
	line := b.lastLine(t)
	for name, want := range map[string]any{
		"msg": "decision", "request_id": "request-1", "decision": "allow", "reason": "verified", "kind": "user",
		"kid": b.issuer.Keys()[0].ID, "decisions": 1.0, "key_set_fetches": 1.0, "key_set_failures": 0.0,
	} {
		if line[name] != want {
			t.Errorf("%s is %v, want %v", name, line[name], want)
		}
	}
	bad := b.issuer.AccessToken(tokentest.Claim("aud", "https://other"), tokentest.Claim("jti", "jti-of-the-token"),
		tokentest.Header("kid", "kid-of-the-token"))
	if _, err := b.ask(t, "Bearer "+bad); err != nil {
		t.Fatal(err)
	}
	if line := b.lastLine(t); line["kid"] != nil || line["key_set_fetches"] != 0.0 {
		t.Errorf("%v", line)
	}
	for _, secret := range []string{raw, bad, raw[:20], tokentest.Subject, tokentest.ClientID, "jti-of-the-token",
		"kid-of-the-token", b.issuer.URL, "other", "view:balance"} {
		if strings.Contains(b.log.String(), secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
}

func TestEveryMetricThatALineAnnouncesIsInIt(t *testing.T) {
	b := open(t)
	outage(b)
	_, _ = b.ask(t, "Bearer "+b.issuer.AccessToken()) // without keys
	withoutKeys := b.lastLine(t)
	b = open(t)
	if _, err := b.ask(t, "Bearer "+b.issuer.AccessToken()); err != nil {
		t.Fatal(err)
	}
	for _, line := range []map[string]any{withoutKeys, b.lastLine(t)} {
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
