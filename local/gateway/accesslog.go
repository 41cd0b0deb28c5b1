package gateway

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Line is the exchange as a line of an access log:
//
//	14:03:07.120 POST /transfer 201 31ms · TokenAuthorizer allowed 4ms · TransferFunction 25ms (cold 9ms) · 0f3c…
//
// What comes from outside is quoted where it could forge a line. Of an error the first line is shown.
func (e Exchange) Line() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s %d %s", e.At.Format("15:04:05.000"), plain(e.Method), plain(e.Path), e.Status,
		short(e.Duration))
	if a := e.Authorizer; a != nil {
		fmt.Fprintf(&b, " · %s %s", a.Name, a.Decision)
		if a.Cached {
			b.WriteString(" (cached)")
		}
		describe(&b, a.Invocation)
	}
	if f := e.Function; f != nil {
		fmt.Fprintf(&b, " · %s", f.Function)
		describe(&b, *f)
	}
	if e.GatewayResponse != "" {
		fmt.Fprintf(&b, " · %s", e.GatewayResponse)
	}
	fmt.Fprintf(&b, " · %s", e.RequestID)
	return b.String()
}

func describe(b *strings.Builder, i Invocation) {
	if i.Function == "" {
		return
	}
	fmt.Fprintf(b, " %s", short(i.Waited))
	if i.Cold {
		fmt.Fprintf(b, " (cold %s)", short(i.Init))
	}
	if first, _, more := strings.Cut(i.Error, "\n"); first != "" {
		if more {
			first += " …"
		}
		fmt.Fprintf(b, " %q", first)
	}
	if i.Warning != "" {
		fmt.Fprintf(b, " warning: %q", i.Warning)
	}
}

// plain leaves ordinary text as it is and quotes anything else.
func plain(text string) string {
	if quoted := strconv.QuoteToASCII(text); quoted[1:len(quoted)-1] != text {
		return quoted
	}
	return text
}

func short(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(100 * time.Microsecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}
