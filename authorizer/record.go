package main

import (
	"encoding/json"
	"errors"
	"io"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/token"
)

// record writes one line for each decision. It is a log line, with the members that log/slog's begin with, and, by its
// _aws member, a set of metrics: CloudWatch takes them out of the log, at no cost in latency (the embedded metric format,
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
//
// Nothing in it comes from a token but the kind of caller and, once verified, the kid.
type record struct {
	out     io.Writer // gets a whole line at a time
	keys    *token.KeyStore
	metrics directives
}

// line is what is logged.
type line struct {
	Time      time.Time   `json:"time"`
	Level     string      `json:"level"`
	Message   string      `json:"msg"`
	RequestID string      `json:"request_id"`
	Decision  string      `json:"decision"`
	Reason    string      `json:"reason"`
	Kind      access.Kind `json:"kind,omitempty"`
	KeyID     string      `json:"kid,omitempty"`
	Name      string      `json:"name,omitempty"`
	Cause     string      `json:"cause,omitempty"`

	LatencyUS int64 `json:"latency_us"`
	Decisions int   `json:"decisions"`
	// Counted since the line before, so that summing up the lines counts each fetch once.
	KeySetFetches  int    `json:"key_set_fetches"`
	KeySetFailures int    `json:"key_set_failures"`
	KeySetAgeS     *int64 `json:"key_set_age_s,omitempty"`

	AWS struct {
		Timestamp         int64 // milliseconds
		CloudWatchMetrics []directive
	} `json:"_aws"`
}

// directive says what CloudWatch is to make of a line.
type directive struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []metric
}

type metric struct{ Name, Unit string }

// directives are counts and latency by decision and by reason, and the health of the keys. A metric that a directive
// names has to be in the line, so there are two: the age is known once there are keys.
type directives struct{ withoutAge, withAge []directive }

// metricsIn is for metrics in a namespace, which is the stack's own: two stacks of one account do not add up.
func metricsIn(namespace string) directives {
	decisions := directive{
		Namespace: namespace, Dimensions: [][]string{{"decision"}, {"decision", "reason"}},
		Metrics: []metric{{"decisions", "Count"}, {"latency_us", "Microseconds"}},
	}
	health := []metric{{"key_set_fetches", "Count"}, {"key_set_failures", "Count"}, {"key_set_age_s", "Seconds"}}
	keys := func(metrics []metric) directive {
		return directive{Namespace: namespace, Dimensions: [][]string{{}}, Metrics: metrics}
	}
	return directives{
		withoutAge: []directive{decisions, keys(health[:2])},
		withAge:    []directive{decisions, keys(health)},
	}
}

func (r record) write(e event, v verdict, start, end time.Time) {
	state := r.keys.Drain()
	l := line{
		Time: end.UTC(), Message: "decision", RequestID: e.requestID, Reason: v.reason, Kind: v.principal.Kind,
		KeyID: v.kid, Name: v.name, Cause: causeOf(v),
		LatencyUS: end.Sub(start).Microseconds(), Decisions: 1, KeySetFetches: state.Fetches,
		KeySetFailures: state.Failed,
	}
	l.Decision, l.Level = v.decision()
	l.AWS.Timestamp, l.AWS.CloudWatchMetrics = end.UnixMilli(), r.metrics.withoutAge
	if !state.FetchedAt.IsZero() {
		age := int64(end.Sub(state.FetchedAt).Seconds())
		l.KeySetAgeS, l.AWS.CloudWatchMetrics = &age, r.metrics.withAge
	}
	_ = json.NewEncoder(r.out).Encode(l) // there is nowhere to say that the log cannot be written
}

// decision is what a verdict amounts to, and how loudly it is logged.
func (v verdict) decision() (decision, level string) {
	switch {
	case v.err == errUnauthorized:
		return "unauthenticated", "INFO"
	case v.err != nil:
		return "error", "ERROR"
	case v.description != "":
		return "deny", "INFO"
	}
	return "allow", "INFO"
}

// causeOf says in words of ours what was out of reach.
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
