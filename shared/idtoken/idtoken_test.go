package idtoken_test

import (
	"maps"
	"testing"

	"drawbridge/shared/env"
	"drawbridge/shared/idtoken"
)

func TestTheEnvironmentsReaderHasIssuersClientsAndPerhapsAnAge(t *testing.T) {
	const missing = "(missing)"
	for name, c := range map[string]struct {
		change map[string]string
		good   bool
	}{
		"as template.yaml sets it": {nil, true},
		"an empty age":             {map[string]string{"LOGIN_MAX_AUTH_AGE": ""}, true},
		"an age":                   {map[string]string{"LOGIN_MAX_AUTH_AGE": "300"}, true},
		"no age at all":            {map[string]string{"LOGIN_MAX_AUTH_AGE": "0"}, false},
		"a client of two words":    {map[string]string{"BRIDGE_CLIENT_IDS": "a b"}, false},
		"no client":                {map[string]string{"BRIDGE_CLIENT_IDS": missing}, false},
		"no issuer":                {map[string]string{"TOKEN_ISSUERS": missing}, false},
	} {
		values := map[string]string{"TOKEN_ISSUERS": "https://tenant.eu.auth0.com/", "BRIDGE_CLIENT_IDS": "web,mobile"}
		maps.Copy(values, c.change)
		r := env.New(func(name string) (string, bool) {
			value, there := values[name]
			return value, there && value != missing
		})
		reader, err := idtoken.FromEnv(r)
		if err != nil || (reader != nil) != c.good || (r.Err() == nil) != c.good {
			t.Errorf("%s: %v, %v, %v", name, reader, err, r.Err())
		}
	}
}
