package template

import (
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// Schedule is an event of type Schedule: the function is invoked again and again.
type Schedule struct {
	Name     string // of the event
	Function string // logical id
	Every    time.Duration
	Line     int
}

// readSchedule understands rate(…); a cron expression is refused, since it would need a calendar here.
func (l *loader) readSchedule(event *properties, key *yaml.Node, function string) {
	p := event.sub("Properties")
	expression := p.required("Schedule", key)
	every, ok := rate(expression)
	if !ok && expression != "" {
		l.refuse(key, "%s: schedule %s is not understood; write rate(1 hour), rate(5 minutes) or the like", event.where, expression)
	}
	if state := p.text("State"); state != "" && state != "ENABLED" {
		l.refuse(key, "%s: State %s is not understood", event.where, state)
	}
	p.inert("Name", "Description", "RetryPolicy", "DeadLetterConfig")
	p.done()
	l.stack.Schedules = append(l.stack.Schedules, Schedule{Name: key.Value, Function: function, Every: every, Line: key.Line})
}

// rate reads a rate expression: a whole number and its unit, singular for one, as EventBridge insists.
func rate(expression string) (time.Duration, bool) {
	inner, opened := strings.CutPrefix(expression, "rate(")
	inner, closed := strings.CutSuffix(inner, ")")
	number, unit, two := strings.Cut(inner, " ")
	n, err := strconv.Atoi(number)
	if !opened || !closed || !two || err != nil || n < 1 {
		return 0, false
	}
	units := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	if n > 1 {
		var plural bool
		if unit, plural = strings.CutSuffix(unit, "s"); !plural {
			return 0, false
		}
	}
	length, known := units[unit]
	return time.Duration(n) * length, known
}
