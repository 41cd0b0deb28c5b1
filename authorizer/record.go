package main

import (
	"errors"
	"io"
	"time"

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

// directives say what CloudWatch is to make of a line: counts and latency by decision and by reason, and the health of the
// keys. A metric that a directive names has to be in the line, so there are two: the age is known once there are keys.
type directives struct{ withoutAge, withAge string }

// metricsIn is for metrics in a namespace, which is the stack's own: two stacks of one account do not add up.
func metricsIn(namespace string) directives {
	in := string(object("{").text("Namespace", namespace))
	metrics := `[` + in + `,"Dimensions":[["decision"],["decision","reason"]],` +
		`"Metrics":[{"Name":"decisions","Unit":"Count"},{"Name":"latency_us","Unit":"Microseconds"}]},` +
		in + `,"Dimensions":[[]],"Metrics":[` +
		`{"Name":"key_set_fetches","Unit":"Count"},{"Name":"key_set_failures","Unit":"Count"}`
	return directives{
		withoutAge: metrics + `]}]`,
		withAge:    metrics + `,{"Name":"key_set_age_s","Unit":"Seconds"}]}]`,
	}
}

func (r record) write(e event, v verdict, start, end time.Time) {
	decision, level := v.decision()
	line := append(make(object, 0, 1024), `{"time":"`...)
	line = append(end.UTC().AppendFormat(line, time.RFC3339Nano), '"')
	line = line.text("level", level).text("msg", "decision").
		text("request_id", e.requestID).
		text("decision", decision).
		text("reason", v.reason).
		textIfAny("kind", string(v.principal.Kind)).
		textIfAny("kid", v.kid).
		textIfAny("name", v.name).
		textIfAny("cause", causeOf(v)).
		number("latency_us", end.Sub(start).Microseconds()).
		number("decisions", 1)
	// Counted since the line before, so that summing up the lines counts each fetch once.
	state := r.keys.Drain()
	line = line.number("key_set_fetches", int64(state.Fetches)).number("key_set_failures", int64(state.Failed))
	metrics := r.metrics.withoutAge
	if !state.FetchedAt.IsZero() {
		line = line.number("key_set_age_s", int64(end.Sub(state.FetchedAt).Seconds()))
		metrics = r.metrics.withAge
	}
	line = append(line.name("_aws"), '{').number("Timestamp", end.UnixMilli()).name("CloudWatchMetrics")
	line = append(line, metrics...)
	_, _ = r.out.Write(append(line, "}}\n"...)) // there is nowhere to say that the log cannot be written
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
