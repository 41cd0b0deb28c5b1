package main

import (
	"slices"
	"strings"
	"testing"

	"drawbridge/shared/testkit"
)

// parsed are options that are in order.
func parsed(t *testing.T, arguments ...string) options {
	t.Helper()
	o, err := parseOptions(arguments)
	testkit.Must(t, err)
	return o
}

func TestEverythingStartsOnFourPortsByDefault(t *testing.T) {
	if o := parsed(t); len(o.parts) != 4 || o.apiURL() != "http://localhost:3000" ||
		o.issuer() != "http://localhost:3001/" || o.webURL() != "http://localhost:3002" || o.tablesPort() != 3003 {
		t.Fatalf("%+v", o)
	}
}

func TestTheBasePortMovesAllFour(t *testing.T) {
	o := parsed(t, "--base-port", "4000")
	testkit.Equal(t, []int{4000, 4001, 4002, 4003}, []int{o.apiPort(), o.tenantPort(), o.webPort(), o.tablesPort()})
}

func TestOnlyTheNamedPartsStart(t *testing.T) {
	if o := parsed(t, "--only", "tenant, dynamodb"); len(o.parts) != 2 || !o.parts[tenantPart] || !o.parts[tablesPart] {
		t.Fatalf("%+v", o.parts)
	}
}

func TestARealTenantTakesThePlaceOfTheLocalOne(t *testing.T) {
	o := parsed(t, "--only", "api,web,dynamodb", "--parameter", "TokenIssuers=https://bank.eu.auth0.com/",
		"--parameter", "BridgeClientIds=abc")
	testkit.Equal(t, "https://bank.eu.auth0.com/", o.issuer())
}

func TestThePhoneIsExposedToTheNetworkOnlyIfAskedFor(t *testing.T) {
	const flag = "--expose-phone-to-network"
	if given := tenantArguments(parsed(t)); slices.Contains(given, flag) {
		t.Fatal(given)
	}
	given := tenantArguments(parsed(t, flag))
	if i := slices.Index(given, flag); i < 0 || given[i+1] != "3004" {
		t.Fatal(given)
	}
}

func TestOptionsThatCannotBeMetAreRefused(t *testing.T) {
	for arguments, words := range map[string]string{
		"--base-port 65533":                           "--base-port 65533",
		"--base-port 0":                               "--base-port 0",
		"--memory --fresh":                            "give one of them",
		"--only tenant,nothing":                       "--only nothing: the parts are tenant, dynamodb, api and web",
		"--only api,dynamodb":                         "--parameter TokenIssuers=",
		"--parameter Issuer":                          "Name=Value",
		"--expose-phone-to-network --base-port 65532": "--base-port 65532",
		"--expose-phone-to-network --only dynamodb":   "must name the tenant",
		"up": `"up" is not a flag`,
	} {
		_, err := parseOptions(strings.Fields(arguments))
		testkit.Refused(t, err, words)
	}
}
