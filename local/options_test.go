package main

import (
	"slices"
	"strings"
	"testing"
)

func TestEverythingStartsOnFourPortsByDefault(t *testing.T) {
	o, err := parseOptions(nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(o.parts) != 4 || o.apiURL() != "http://localhost:3000" || o.issuer() != "http://localhost:3001/" ||
		o.webURL() != "http://localhost:3002" || o.tablesPort() != 3003 {
		t.Fatalf("%+v", o)
	}
}

func TestTheBasePortMovesAllFour(t *testing.T) {
	o, err := parseOptions([]string{"--base-port", "4000"})
	if err != nil || o.apiPort() != 4000 || o.tenantPort() != 4001 || o.webPort() != 4002 || o.tablesPort() != 4003 {
		t.Fatalf("%+v, %v", o, err)
	}
}

func TestOnlyTheNamedPartsStart(t *testing.T) {
	o, err := parseOptions([]string{"--only", "tenant, dynamodb"})
	if err != nil || len(o.parts) != 2 || !o.parts[tenantPart] || !o.parts[tablesPart] {
		t.Fatalf("%+v, %v", o.parts, err)
	}
}

func TestARealTenantTakesThePlaceOfTheLocalOne(t *testing.T) {
	o, err := parseOptions(
		[]string{
			"--only", "api,web,dynamodb", "--parameter", "TokenIssuers=https://bank.eu.auth0.com/", "--parameter",
			"BridgeClientIds=abc",
		},
	)
	if err != nil || o.issuer() != "https://bank.eu.auth0.com/" {
		t.Fatalf("%+v, %v", o, err)
	}
}

func TestThePhoneIsExposedToTheNetworkOnlyIfAskedFor(t *testing.T) {
	const flag = "--expose-phone-to-network"
	o, err := parseOptions(nil)
	if err != nil || slices.Contains(tenantArguments(o), flag) {
		t.Fatalf("%v, %v", tenantArguments(o), err)
	}
	if o, err = parseOptions([]string{flag}); err != nil {
		t.Fatal(err)
	}
	given := tenantArguments(o)
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
		if _, err := parseOptions(strings.Fields(arguments)); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", arguments, err)
		}
	}
}
