package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"

	"github.com/aws/aws-lambda-go/events"
)

// A real event, as the API's regional endpoint behind a browser sends it.
//
//go:embed testdata/event.json
var gatewayEvent string

// compactEvent is the event with a token, as API Gateway writes it: without white space.
func compactEvent(b *testing.B, raw string) []byte {
	var compact bytes.Buffer
	testkit.Must(b, json.Compact(&compact, []byte(strings.ReplaceAll(gatewayEvent, "TOKEN", raw))))
	return compact.Bytes()
}

// BenchmarkEvent compares reading the event with decoding it into aws-lambda-go's type.
func BenchmarkEvent(b *testing.B) {
	payload := compactEvent(b, tokentest.NewIssuer(b).AccessToken())
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := decodeEvent(payload); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("events", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var e events.APIGatewayCustomAuthorizerRequestTypeRequest
			testkit.Must(b, json.Unmarshal(payload, &e))
		}
	})
}

// BenchmarkInvoke is a whole decision in this process, for a token never seen and for one seen before.
func BenchmarkInvoke(b *testing.B) {
	authorizer := newWorld(b)
	authorizer.log.out = io.Discard
	payloads := make([][]byte, 300)
	for i := range payloads {
		payloads[i] = compactEvent(b, authorizer.issuer.AccessToken())
	}
	for name, few := range map[string]int{"new": 300, "again": 1} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := authorizer.Invoke(b.Context(), payloads[i%few]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
