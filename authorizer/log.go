package main

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/token"
)

// decisionLog writes one line for each decision. It is a log line with the members that log/slog's begin with. By its
// _aws member it is a set of metrics too, which CloudWatch takes out of the log, at no cost in latency: the embedded
// metric format
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
//
// Of a token a line has the kind of caller and, once the token is verified, its kid. A line names the issuer once the
// issuer's keys were asked for: what a stranger writes into iss makes no metric.
type decisionLog struct {
	out     io.Writer // gets a whole line at a time
	metrics directives
}

// line is what is logged.
type line struct {
	Time      string      `json:"time"` // RFC 3339
	Level     string      `json:"level"`
	Message   string      `json:"msg"`
	RequestID string      `json:"request_id"`
	Decision  string      `json:"decision"`
	Reason    string      `json:"reason"`
	Kind      access.Kind `json:"kind,omitempty"`
	Issuer    string      `json:"issuer,omitempty"`
	KeyID     string      `json:"kid,omitempty"`
	Name      string      `json:"name,omitempty"`
	Cause     string      `json:"cause,omitempty"`

	LatencyUS int64 `json:"latency_us"`
	Decisions int   `json:"decisions"`
	// Those of the issuer since its last line, so that the sum over all lines counts each once.
	KeySetFetches  int    `json:"key_set_fetches"`
	KeySetFailures int    `json:"key_set_failures"`
	KeySetAgeS     *int64 `json:"key_set_age_s,omitempty"`
}

// directive says what CloudWatch is to make of a line.
type directive struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []metric
}

type metric struct{ Name, Unit string }

// directives ask for counts and latency by decision and by reason; in a line with an issuer also by issuer, and for the
// health of its keys. While an issuer has decisions "allow", it is in use. A line must have every metric and dimension
// that its directives name. The age of the keys is in a line once there are keys.
//
// Each is a list in JSON, made once: to encode it for each line would cost a tenth of a decision.
type directives struct{ decisions, ended, withoutAge, withAge []byte }

// metricsIn returns the directives for a namespace. Each stack has one of its own, so that two stacks of an account
// do not add up.
func metricsIn(namespace string) directives {
	health := []metric{{"key_set_fetches", "Count"}, {"key_set_failures", "Count"}, {"key_set_age_s", "Seconds"}}
	decisions := []metric{{"decisions", "Count"}, {"latency_us", "Microseconds"}}
	of := func(metrics []metric, dimensions ...[]string) directive {
		return directive{Namespace: namespace, Dimensions: dimensions, Metrics: metrics}
	}
	list := func(all ...directive) []byte {
		text, _ := json.Marshal(all) // strings have a form in JSON
		return text
	}
	byIssuer := of(decisions, []string{"decision"}, []string{"decision", "reason"}, []string{"decision", "issuer"})
	return directives{
		decisions:  list(of(decisions, []string{"decision"}, []string{"decision", "reason"})),
		ended:      list(byIssuer),
		withoutAge: list(byIssuer, of(health[:2], []string{}, []string{"issuer"})),
		withAge:    list(byIssuer, of(health, []string{}, []string{"issuer"})),
	}
}

func (l decisionLog) write(e event, d decision, start, end time.Time) {
	text := line{
		Time: end.UTC().Format(time.RFC3339Nano), Message: "decision", RequestID: e.requestID, Reason: d.reason,
		Kind:  d.principal.Kind,
		KeyID: d.kid, Name: d.name, Cause: d.cause(), LatencyUS: end.Sub(start).Microseconds(), Decisions: 1,
	}
	text.Decision, text.Level = d.outcome()
	metrics := l.metrics.decisions
	if d.from != nil {
		metrics = text.measure(d, l.metrics, end)
	}
	out, _ := json.Marshal(text)
	out = slices.Grow(out, len(metrics)+64) // at once, for all that follows
	out = append(out[:len(out)-1], `,"_aws":{"Timestamp":`...)
	out = strconv.AppendInt(out, end.UnixMilli(), 10)
	out = append(append(out, `,"CloudWatchMetrics":`...), metrics...)
	_, _ = l.out.Write(append(out, "}}\n"...)) // where would an error of the log be logged?
}

// measure counts for the issuer. One that has ended is not asked for keys, and the age of those it has says nothing.
func (text *line) measure(d decision, m directives, end time.Time) []byte {
	text.Issuer = d.from.URL
	if d.reason == string(token.IssuerEnded) {
		return m.ended
	}
	state := d.from.Keys.Drain()
	text.KeySetFetches, text.KeySetFailures = state.Fetches, state.Failed
	if state.FetchedAt.IsZero() {
		return m.withoutAge
	}
	age := int64(end.Sub(state.FetchedAt).Seconds())
	text.KeySetAgeS = &age
	return m.withAge
}

// outcome names the decision, and how loudly it is logged.
func (d decision) outcome() (name, level string) {
	switch {
	case d.err == errUnauthorized:
		return "unauthenticated", "INFO"
	case d.err != nil:
		return "error", "ERROR"
	case d.description != "":
		return "deny", "INFO"
	}
	return "allow", "INFO"
}

// cause says, in words of ours, what was out of reach.
func (d decision) cause() string {
	var fetch *token.FetchError
	switch {
	case d.err == nil || d.err == errUnauthorized:
		return ""
	case errors.As(d.err, &fetch):
		return string(fetch.Failure)
	case d.reason == reasonSessionsNotReady || d.reason == reasonBadEvent:
		return d.err.Error() // of the SDK and of this package: neither has seen a code or a token
	default:
		return ""
	}
}
