package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"drawbridge/shared/token"
)

// record writes one line for each decision. It is a log line and, by its _aws member, a set of metrics: CloudWatch
// takes them out of the log, at no cost in latency (the embedded metric format,
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
//
// Nothing in it comes from a token but the kind of caller and, once verified, the kid.
type record struct {
	log  *slog.Logger
	keys *token.KeyStore
}

// What CloudWatch is to make of a line: counts and latency by decision and by reason, and the health of the keys. A metric
// that a directive names has to be in the line, so there are two: the age is known once there are keys.
var (
	metricsWithoutAge = directives(`{"Name":"key_set_fetches","Unit":"Count"},{"Name":"key_set_failures","Unit":"Count"}`)
	metricsWithAge    = directives(`{"Name":"key_set_fetches","Unit":"Count"},{"Name":"key_set_failures","Unit":"Count"},` +
		`{"Name":"key_set_age_s","Unit":"Seconds"}`)
)

func directives(keyHealth string) json.RawMessage {
	return json.RawMessage(`[{"Namespace":"Drawbridge/Authorizer","Dimensions":[["decision"],["decision","reason"]],` +
		`"Metrics":[{"Name":"decisions","Unit":"Count"},{"Name":"latency_us","Unit":"Microseconds"}]},` +
		`{"Namespace":"Drawbridge/Authorizer","Dimensions":[[]],"Metrics":[` + keyHealth + `]}]`)
}

func (r record) write(ctx context.Context, e event, v verdict, start, end time.Time) {
	decision, level := "allow", slog.LevelInfo
	switch {
	case v.err == errUnauthorized:
		decision = "unauthenticated"
	case v.err != nil:
		decision, level = "error", slog.LevelError
	case v.description != "":
		decision = "deny"
	}
	attributes := make([]slog.Attr, 0, 16)
	attributes = append(attributes,
		slog.String("request_id", e.requestID),
		slog.String("decision", decision),
		slog.String("reason", v.reason),
	)
	if v.principal.Kind != "" {
		attributes = append(attributes, slog.String("kind", string(v.principal.Kind)))
	}
	if v.kid != "" {
		attributes = append(attributes, slog.String("kid", v.kid))
	}
	if v.name != "" {
		attributes = append(attributes, slog.String("name", v.name))
	}
	if cause := causeOf(v); cause != "" {
		attributes = append(attributes, slog.String("cause", cause))
	}
	attributes = append(attributes,
		slog.Int64("latency_us", end.Sub(start).Microseconds()),
		slog.Int("decisions", 1),
	)
	// Counted since the line before, so that summing up the lines counts each fetch once.
	state := r.keys.Drain()
	attributes = append(attributes, slog.Int("key_set_fetches", state.Fetches), slog.Int("key_set_failures", state.Failed))
	metrics := metricsWithoutAge
	if !state.FetchedAt.IsZero() {
		attributes = append(attributes, slog.Int64("key_set_age_s", int64(end.Sub(state.FetchedAt).Seconds())))
		metrics = metricsWithAge
	}
	attributes = append(attributes, slog.Group("_aws",
		slog.Int64("Timestamp", end.UnixMilli()),
		slog.Any("CloudWatchMetrics", metrics),
	))
	r.log.LogAttrs(ctx, level, "decision", attributes...)
}

// causeOf says in words of ours why something could not be had.
func causeOf(v verdict) string {
	var fetch *token.FetchError
	switch {
	case v.err == nil || v.err == errUnauthorized:
		return ""
	case errors.As(v.err, &fetch):
		return string(fetch.Failure)
	case v.reason == reasonSessionsNotReady || v.reason == reasonBadEvent:
		return v.err.Error() // of the SDK and of this package: neither has seen a code or a token
	default:
		return ""
	}
}
