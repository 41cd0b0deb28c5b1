package env_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/env"
)

func reader(values map[string]string) *env.Reader {
	return env.New(func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	})
}

func TestEveryMissingOrMalformedVariableIsNamedAtOnce(t *testing.T) {
	r := reader(map[string]string{"EMPTY": "", "AGE": "5m", "DIALECT": "saml", "LIST": "a,,b", "TIME": "noon"})
	r.String("MISSING")
	r.String("EMPTY")
	r.Seconds("AGE")
	r.OneOf("DIALECT", "rfc9068", "auth0")
	r.List("LIST")
	env.Value(r, "TIME", func(string) (time.Time, error) { return time.Time{}, errors.New("no time of day") })

	err := r.Err()
	if err == nil {
		t.Fatal("six bad variables were accepted")
	}
	for _, want := range []string{
		"MISSING is not set", "EMPTY is empty", "AGE must be", "DIALECT must be one of rfc9068, auth0",
		"LIST has an empty item", "TIME is no time of day",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
}

func TestAnErrorNeverShowsAValue(t *testing.T) {
	r := reader(map[string]string{"TOKEN_ISSUER": "ftp://hunter2", "AGE": "hunter2", "DIALECT": "hunter2"})
	r.OptionalURL("TOKEN_ISSUER")
	r.Seconds("AGE")
	r.OneOf("DIALECT", "auth0")
	if err := r.Err(); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("want an error without the value, got %v", err)
	}
}

func TestWellFormedVariablesAreReturnedAsTheyStand(t *testing.T) {
	r := reader(map[string]string{"TABLE": "accounts", "AGE": "300", "LIST": "a, b", "ORIGIN": "https://bank.example"})
	if got := r.String("TABLE"); got != "accounts" {
		t.Errorf("String = %q", got)
	}
	if got := r.Seconds("AGE"); got != 5*time.Minute {
		t.Errorf("Seconds = %v", got)
	}
	if got := r.List("LIST"); len(got) != 2 || got[1] != "b" {
		t.Errorf("List = %q", got)
	}
	if got := r.Origin("ORIGIN"); got != "https://bank.example" {
		t.Errorf("Origin = %q", got)
	}
	if err := r.Err(); err != nil {
		t.Error(err)
	}
}

func TestAnOptionalVariableMayBeMissingOrEmptyAndIsCheckedWhereItIsSet(t *testing.T) {
	for value, ok := range map[string]bool{"": true, "a,b": true, "a,": false, " ": false} {
		r := reader(map[string]string{"LIST": value})
		if got := r.OptionalList("LIST"); ok && (len(got) > 0) != (value != "") {
			t.Errorf("OptionalList(%q) = %q", value, got)
		}
		if got := r.Err() == nil; got != ok {
			t.Errorf("the list %q accepted: %v, want %v", value, got, ok)
		}
	}
	for value, ok := range map[string]bool{"": true, "300": true, "0": false, "5m": false} {
		r := reader(map[string]string{"AGE": value})
		if got := r.OptionalSeconds("AGE"); ok && (got == 5*time.Minute) != (value == "300") {
			t.Errorf("OptionalSeconds(%q) = %v", value, got)
		}
		if got := r.Err() == nil; got != ok {
			t.Errorf("the seconds %q accepted: %v, want %v", value, got, ok)
		}
	}
	r := reader(nil)
	if r.OptionalList("LIST") != nil || r.OptionalSeconds("AGE") != 0 || r.Err() != nil {
		t.Error(r.Err())
	}
}

func TestPlainHTTPIsTakenOnlyOnLoopback(t *testing.T) {
	for value, ok := range map[string]bool{
		"https://tenant.eu.auth0.com/": true, "http://localhost:3001/": true, "http://127.0.0.1:3001/": true,
		"http://[::1]:3001/":          true,
		"http://tenant.eu.auth0.com/": false, "http://localhost.evil.example/": false, "http://10.0.0.1/": false,
		"tenant.eu.auth0.com": false, "https://a@b/": false, "https://a/?q": false, "https://a/#": false,
	} {
		r := reader(map[string]string{"U": value})
		r.OptionalURL("U")
		if got := r.Err() == nil; got != ok {
			t.Errorf("%q accepted: %v, want %v", value, got, ok)
		}
	}
}

func TestAnOriginHasNoPathAndNoTrailingSlash(t *testing.T) {
	for _, value := range []string{
		"https://bank.example/", "https://bank.example/app", "https://Bank.example", "null", "*",
	} {
		r := reader(map[string]string{"O": value})
		r.Origin("O")
		if r.Err() == nil {
			t.Errorf("%q was accepted as an origin", value)
		}
	}
}
