package main

import (
	"log/slog"
	"maps"
	"strings"
	"testing"

	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/env"
)

// settings are what template.yaml sets.
func settings() map[string]string {
	return map[string]string{
		"TOKEN_ISSUERS":     "https://tenant.eu.auth0.com/",
		"BRIDGE_CLIENT_IDS": webClient + "," + mobileClient,
		"NONCES_TABLE":      "nonces", "SESSIONS_TABLE": "sessions", "CUSTOMERS_TABLE": "customers",
	}
}

func configured(t *testing.T, change map[string]string) (Config, error) {
	t.Helper()
	values := settings()
	maps.Copy(values, change)
	lookup := func(name string) (string, bool) { value, ok := values[name]; return value, ok && value != "(unset)" }
	return fromEnv(env.New(lookup), dynamotest.New(t).Client, slog.Default())
}

func TestWhatTheTemplateSetsIsEnough(t *testing.T) {
	if _, err := configured(t, nil); err != nil {
		t.Error(err)
	}
}

func TestEverySettingThatIsMissingIsNamed(t *testing.T) {
	change := map[string]string{}
	for name := range settings() {
		change[name] = "(unset)"
	}
	_, err := configured(t, change)
	for name := range settings() {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v does not name %s", err, name)
		}
	}
}

func TestOptionalSettingsAreTakenAndChecked(t *testing.T) {
	_, err := configured(t, map[string]string{
		"LOGIN_MAX_AUTH_AGE": "300", "VERIFIED_EMAIL_PROVIDERS": "auth0,samlp|staff",
	})
	if err != nil {
		t.Error(err)
	}
	for _, change := range []map[string]string{
		{"LOGIN_MAX_AUTH_AGE": "0"}, {"VERIFIED_EMAIL_PROVIDERS": "auth0,"}, {"BRIDGE_CLIENT_IDS": "a b"},
	} {
		if _, err := configured(t, change); err == nil {
			t.Errorf("%v was accepted", change)
		}
	}
}
