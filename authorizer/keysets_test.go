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
		UpdateExpression: new("SET " + name + " = :value"), ExpressionAttributeValues: dynamo.Item{":value": value},
	})
	testkit.Must(t, err)
}

// waitKept waits for the key set that a process saves after it has answered.
func (k *keySets) waitKept(t *testing.T) {
	t.Helper()
	testkit.Eventually(t, "a key set is kept", func() bool { _, err := k.Load(t.Context()); return err == nil })
}

func outage(issuer *tokentest.Issuer) {
	issuer.Answer(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
}

func TestAProcessThatStartsInAnOutageUsesTheKeysThatAnotherKept(t *testing.T) {
	first := newWorld(t)
	raw := first.issuer.AccessToken()
	first.allowed(t, raw)
	kept(first, "").waitKept(t)
	outage(first.issuer)
	second := start(t, first.issuer, first.db)
	second.allowed(t, raw)
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

// A set from the future does not stand in the way of one that is of now.
func TestAnOlderKeySetNeverReplacesANewerOneThatIsNotFromTheFuture(t *testing.T) {
	for _, c := range []struct {
		first, second time.Duration // after now
		want          string
	}{{0, -time.Minute, "first"}, {time.Hour, 0, "second"}} {
		k, now := kept(newWorld(t), ""), time.Now()
		testkit.Must(t, k.Save(t.Context(), token.KeySet{JWKS: "first", FetchedAt: now.Add(c.first)}))
		testkit.Must(t, k.Save(t.Context(), token.KeySet{JWKS: "second", FetchedAt: now.Add(c.second)}))
		if set, err := k.Load(t.Context()); err != nil || set.JWKS != c.want {
			t.Errorf("%+v: %v, %v", c, set, err)
		}
	}
}

func TestAKeySetIsKeptForADay(t *testing.T) {
	w := newWorld(t)
	at := time.Now()
	testkit.Must(t, kept(w, "").Save(t.Context(), token.KeySet{JWKS: "{}", FetchedAt: at}))
	item := w.db.Item(t, "KeySetsTable", dynamo.Item{"issuer": dynamo.Text(w.issuer.URL)})
	testkit.Equal(t, at.Add(24*time.Hour).Unix(), dynamo.TimeOf(item["expires_at"]).Unix())
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
