package dynamo_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/dynamo"
	"drawbridge/shared/env"
)

func TestAClientComesFromTheEnvironmentOfAFunction(t *testing.T) {
	complete := map[string]string{
		"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "AKIASECRET", "AWS_SECRET_ACCESS_KEY": "s3cret",
		"AWS_SESSION_TOKEN": "t0ken",
	}
	for name, c := range map[string]struct {
		change map[string]string
		names  string // empty: it works
	}{
		"on AWS":             {nil, ""},
		"elsewhere":          {map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:3003"}, ""},
		"elsewhere by https": {map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": "https://db.example"}, ""},
		"no region":          {map[string]string{"AWS_REGION": ""}, "AWS_REGION"},
		"no keys": {
			map[string]string{"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "AWS_SECRET_ACCESS_KEY",
		},
		"plain http": {
			map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": "http://db.example"},
			"AWS_ENDPOINT_URL_DYNAMODB must be https",
		},
		"an endpoint in pieces": {
			map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": "localhost:3003"}, "AWS_ENDPOINT_URL_DYNAMODB",
		},
		"an endpoint with a key": {
			map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": "https://user:s3cret@db.example"},
			"AWS_ENDPOINT_URL_DYNAMODB",
		},
	} {
		t.Run(name, func(t *testing.T) {
			environment := maps.Clone(complete)
			maps.Copy(environment, c.change)
			r := env.New(func(name string) (string, bool) { value, ok := environment[name]; return value, ok })
			dynamo.FromEnv(r)
			err := r.Err()
			switch {
			case c.names == "" && err != nil:
				t.Error(err)
			case c.names != "" && (err == nil || !strings.Contains(err.Error(), c.names)):
				t.Errorf("got %v, want %s named", err, c.names)
			case err != nil && strings.Contains(err.Error(), "s3cret"):
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}

func TestBackoffIsSpreadOverTheWholeRangeAndCapped(t *testing.T) {
	for attempt, ceiling := range map[int]time.Duration{
		0: 25 * time.Millisecond, 1: 25 * time.Millisecond, 2: 50 * time.Millisecond, 4: 200 * time.Millisecond,
		5: 400 * time.Millisecond, 1000: 400 * time.Millisecond,
	} {
		lowest, highest := ceiling, time.Duration(0)
		for range 1000 {
			wait := dynamo.Backoff(attempt)
			lowest, highest = min(lowest, wait), max(highest, wait)
		}
		if highest >= ceiling || highest < ceiling*9/10 || lowest > ceiling/10 {
			t.Errorf("attempt %d waits from %v to %v, want 0 to %v", attempt, lowest, highest, ceiling)
		}
	}
}
