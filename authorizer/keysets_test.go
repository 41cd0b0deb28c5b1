package main

import (
	"context"
	"net/http"
	"testing"
	"time"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/testkit"
	"drawbridge/shared/token"
	"drawbridge/shared/token/tokentest"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// kept is where a test keeps and finds key sets of the world's issuer.
func kept(w *world, secret string) *keySets { return keptOf(w, w.issuer, secret) }

func keptOf(w *world, issuer *tokentest.Issuer, secret string) *keySets {
	return &keySets{
		client: w.db.Client, table: w.db.Tables["KeySetsTable"], issuer: issuer.URL, now: time.Now,
		seal: seal{issuer: issuer.URL, url: issuer.KeySetURL(), secret: []byte(secret)},
	}
}

// change sets one attribute of the item that is kept, as a writer to the table can.
func (k *keySets) change(t *testing.T, name string, value types.AttributeValue) {
	t.Helper()
	_, err := k.client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &k.table, Key: dynamo.Item{"issuer": dynamo.Text(k.issuer)},
		UpdateExpression:          new("SET #name = :value"),
		ExpressionAttributeNames:  map[string]string{"#name": name},
		ExpressionAttributeValues: dynamo.Item{":value": value},
	})
	testkit.Must(t, err)
}

// waitKept waits for the key set that a process saves after it has answered.
func (k *keySets) waitKept(t *testing.T) token.KeySet {
	t.Helper()
	for range 500 {
		if set, err := k.Load(t.Context()); err == nil {
			return set
		}
		time.Sleep(2 * time.Millisecond)
	}
	t.Fatal("no key set was kept")
	return token.KeySet{}
}

func outage(w *world) {
	w.issuer.Answer(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
}

func TestAProcessThatStartsInAnOutageUsesTheKeysThatAnotherKept(t *testing.T) {
	first := newWorld(t)
	raw := first.issuer.AccessToken()
	if _, err := first.ask(t, "Bearer "+raw); err != nil {
		t.Fatal(err)
	}
	kept(first, "").waitKept(t)
	outage(first)
	second := start(t, first.issuer, first.db)
	if a, err := second.ask(t, "Bearer "+raw); err != nil || a.Context["kind"] != "user" {
		t.Errorf("%v, %v", a, err)
	}
	forged := tokentest.NewKey(t)
	foreign := first.issuer.AccessToken(tokentest.Header("kid", forged.ID))
	if _, err := second.ask(t, "Bearer "+foreign); err != errUnavailable {
		t.Errorf("an unknown key in an outage: %v", err)
	}
}

func TestAKeySetThatWasTamperedWithIsRefused(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]struct {
		attribute string
		value     func(set token.KeySet) types.AttributeValue
	}{
		"another key": {"jwks",
			func(token.KeySet) types.AttributeValue { return dynamo.Text(tokentest.NewIssuer(t).JWKS()) }},
		"a newer time": {"fetched_at",
			func(set token.KeySet) types.AttributeValue { return dynamo.Seconds(set.FetchedAt.Add(time.Hour)) }},
		"another seal":   {"seal", func(token.KeySet) types.AttributeValue { return dynamo.Text("00") }},
		"no seal":        {"seal", func(token.KeySet) types.AttributeValue { return dynamo.Text("") }},
		"a wrong type":   {"jwks", func(token.KeySet) types.AttributeValue { return dynamo.Number(1) }},
		"no JSON at all": {"jwks", func(token.KeySet) types.AttributeValue { return dynamo.Text("{") }},
	} {
		k := kept(w, "")
		set := token.KeySet{JWKS: w.issuer.JWKS(), FetchedAt: time.Now()}
		testkit.Must(t, k.Save(t.Context(), set))
		k.change(t, change.attribute, change.value(set))
		if _, err := k.Load(t.Context()); err == nil {
			t.Errorf("%s: loaded", name)
		}
		k.change(t, "fetched_at", dynamo.Number(0)) // lets the next one in
	}
}

func TestASealMadeWithoutTheSecretIsRefused(t *testing.T) {
	w := newWorld(t)
	set := token.KeySet{JWKS: w.issuer.JWKS(), FetchedAt: time.Now()}
	testkit.Must(t, kept(w, "guess").Save(t.Context(), set))
	if _, err := kept(w, "secret").Load(t.Context()); err != errTampered {
		t.Errorf("want %v, got %v", errTampered, err)
	}
}

func TestAnOlderKeySetNeverReplacesANewerOne(t *testing.T) {
	w := newWorld(t)
	k, now := kept(w, ""), time.Now()
	for _, set := range []token.KeySet{{JWKS: "new", FetchedAt: now}, {JWKS: "old", FetchedAt: now.Add(-time.Minute)}} {
		testkit.Must(t, k.Save(t.Context(), set))
	}
	if set, err := k.Load(t.Context()); err != nil || set.JWKS != "new" {
		t.Errorf("%v, %v", set, err)
	}
}

func TestAKeySetFromTheFutureDoesNotStandInTheWay(t *testing.T) {
	w := newWorld(t)
	k, now := kept(w, ""), time.Now()
	for _, set := range []token.KeySet{{JWKS: "future", FetchedAt: now.Add(time.Hour)}, {JWKS: "now", FetchedAt: now}} {
		testkit.Must(t, k.Save(t.Context(), set))
	}
	if set, err := k.Load(t.Context()); err != nil || set.JWKS != "now" {
		t.Errorf("%v, %v", set, err)
	}
}

func TestASealCoversEachFieldAndTheirBorders(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	base := seal{issuer: "a", url: "b"}.over(token.KeySet{JWKS: "c", FetchedAt: at})
	for name, other := range map[string]string{
		"issuer": seal{issuer: "x", url: "b"}.over(token.KeySet{JWKS: "c", FetchedAt: at}),
		"url":    seal{issuer: "a", url: "x"}.over(token.KeySet{JWKS: "c", FetchedAt: at}),
		"keys":   seal{issuer: "a", url: "b"}.over(token.KeySet{JWKS: "x", FetchedAt: at}),
		"time":   seal{issuer: "a", url: "b"}.over(token.KeySet{JWKS: "c", FetchedAt: at.Add(time.Second)}),
		"border": seal{issuer: "ab", url: ""}.over(token.KeySet{JWKS: "c", FetchedAt: at}),
		"secret": seal{issuer: "a", url: "b", secret: []byte("s")}.over(token.KeySet{JWKS: "c", FetchedAt: at}),
	} {
		if other == base {
			t.Errorf("%s is not covered", name)
		}
	}
}

func TestNoKeySetIsAnError(t *testing.T) {
	if _, err := kept(newWorld(t), "").Load(context.Background()); err != errNoKeySet {
		t.Errorf("got %v", err)
	}
}
