package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"drawbridge/shared/testkit"
)

// invoke gives a function an event as an operator does, over Lambda's Invoke API, and returns what it answered.
func (s *system) invoke(t *testing.T, function string, event any) reply {
	t.Helper()
	address := s.API + "/2015-03-31/functions/" + function + "/invocations"
	request, err := http.NewRequest(http.MethodPost, address, nil)
	testkit.Must(t, err)
	key := aws.Credentials{AccessKeyID: "any", SecretAccessKey: "any"}
	testkit.Must(t, v4.NewSigner().SignHTTP(t.Context(), key, request, "UNSIGNED-PAYLOAD", "lambda", "eu-central-1",
		time.Now()))
	header := map[string]string{
		"X-Amz-Date": request.Header.Get("X-Amz-Date"), "Authorization": request.Header.Get("Authorization"),
	}
	r := s.call(t, "POST", address, header, event)
	if r.status != http.StatusOK || r.header.Get("X-Amz-Function-Error") != "" {
		t.Fatalf("%s: %d %s", function, r.status, r.body)
	}
	return r
}
