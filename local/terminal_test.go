package main

import (
	"bytes"
	"strings"
	"testing"

	"drawbridge/local/lambda"
)

func TestAFunctionsLineSaysWhoseItIs(t *testing.T) {
	var out bytes.Buffer
	newTerminal(&out).functionLine(lambda.Line{
		Function: "BalanceFunction", RequestID: "1a2b3c4d-0000-4000-8000-000000000000",
		Text: `{"time":"2026-11-22T03:08:22Z","level":"INFO","msg":"request","route":"GET /balance","status":200,` +
			`"ms":1.6,"request_id":"x","_aws":{}}`,
	})
	if got := out.String(); got != "  BalanceFunction 1a2b3c4d | request route=\"GET /balance\" status=200 ms=1.6\n" {
		t.Fatalf("%q", got)
	}
}

func TestAChildCannotMoveTheCursor(t *testing.T) {
	var out bytes.Buffer
	newTerminal(&out).printf("one\x1b[2Jtwo\u009bthree\rfour")
	if strings.ContainsAny(out.String(), "\x1b\r\u009b") || !strings.HasPrefix(out.String(), "one") ||
		!strings.HasSuffix(out.String(), "four\n") {
		t.Fatalf("%q", out.String())
	}
}
