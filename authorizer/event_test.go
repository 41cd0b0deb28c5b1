package main

import (
	"strings"
	"testing"

	"drawbridge/shared/testkit"
)

func TestAnEventThatIsNoneIsAnError(t *testing.T) {
	for _, payload := range []string{
		``, `null`, `[]`, `{}`, `{"methodArn":7}`, `{"methodArn":"arn:aws:execute-api:eu-central-1:1:api/prod/GET/`,
		`{"methodArn":"arn:a/b/c"} {}`,
	} {
		if e, err := decodeEvent([]byte(payload)); err == nil {
			t.Errorf("%q read as %+v", payload, e)
		}
	}
}

func TestTheStageCoversEveryMethodAndPath(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:execute-api:eu-central-1:1:api/prod/GET/balance": "arn:aws:execute-api:eu-central-1:1:api/prod/*",
		"arn:aws:execute-api:eu-central-1:1:api/prod/GET/":        "arn:aws:execute-api:eu-central-1:1:api/prod/*",
		"arn:aws-cn:execute-api:cn-north-1:1:api/v1/POST/a/b:c/d": "arn:aws-cn:execute-api:cn-north-1:1:api/v1/*",
	} {
		if got, err := (event{methodARN: arn}).stage(); err != nil || got != want {
			t.Errorf("%s: %s, %v", arn, got, err)
		}
	}
}

func TestAnARNWithoutAStageIsRefused(t *testing.T) {
	for _, arn := range []string{"", "*", "arn:aws:execute-api:eu-central-1:1:api",
		"arn:aws:execute-api:eu-central-1:1:api/prod", "arn:aws:x//GET/a", "x/y/z"} {
		if got, err := (event{methodARN: arn}).stage(); err == nil {
			t.Errorf("%q: %s", arn, got)
		}
	}
}

func TestEverySpellingAndEveryValueOfAuthorizationIsRead(t *testing.T) {
	e, err := decodeEvent([]byte(`{"headers":{"AUTHORIZATION":"b"},"multiValueHeaders":{"AUTHORIZATION":["a","b"]},` +
		`"methodArn":"m","requestContext":{"requestId":"r","identity":{"requestId":"x"}}}`))
	if err != nil || len(e.authorization) != 2 || e.authorization[0] != "a" || e.requestID != "r" {
		t.Errorf("%+v, %v", e, err)
	}
	e, err = decodeEvent([]byte(`{"headers":{"Authorization":"a","DPoP":"p"},"multiValueHeaders":{"DPoP":["p"]},` +
		`"methodArn":"m"}`))
	if err != nil || len(e.authorization) != 1 || e.authorization[0] != "a" || len(e.proofs) != 1 {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestNothingThatAClientWritesBesideItsCredentialSpoilsTheEvent(t *testing.T) {
	for _, other := range []string{
		`"\ud800":"\udc00"`, `"a":"1","a":"2"`, `"a":` + strings.Repeat("[", 14) + strings.Repeat("]", 14),
	} {
		e, err := decodeEvent([]byte(`{"headers":{"Authorization":"a",` + other + `},"methodArn":"m"}`))
		if err != nil || len(e.authorization) != 1 {
			t.Errorf("%s: %+v, %v", other, e, err)
		}
	}
}

func TestTwoSpellingsOfAuthorizationAreSeveralCredentials(t *testing.T) {
	for _, headers := range []string{
		`"headers":{"Authorization":"Bearer a","authorization":"Bearer b"}`,
		`"headers":{"Authorization":"Bearer a","Authorization":"Bearer b"}`,
		`"multiValueHeaders":{"Authorization":["Bearer a"],"authorization":["Bearer b"]}`,
	} {
		e, err := decodeEvent([]byte(`{` + headers + `,"methodArn":"m"}`))
		testkit.Must(t, err)
		if _, _, reason := bindingOff.presented(e.authorization); reason != reasonSeveral {
			t.Errorf("%s: %q", headers, reason)
		}
	}
}
