package main

import (
	"fmt"
	"strings"
	"time"
)

// banner tells a person where to click, how to sign in and what to try. phoneLinks pair a phone on the network.
func banner(o options, world demoWorld, phoneLinks []string, took time.Duration) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nDrawbridge is ready (%.1f s). Ctrl-C ends it.\n\n", took.Seconds())
	line := func(p part, name, address string) {
		if o.parts[p] {
			fmt.Fprintf(&b, "  %-8s %s\n", name, address)
		}
	}
	line(webPart, "web app", o.webURL())
	line(apiPart, "API", o.apiURL())
	line(apiPart, "console", o.consoleURL()+"   (each request as it goes)")
	line(tenantPart, "tenant", strings.TrimSuffix(o.issuer(), "/"))
	line(tenantPart, "phone", o.issuer()+"phone   (approve or deny the push here)")
	if o.backChannel {
		b.WriteString("           approvals by the back channel: the phone shows amount and payee, and the app waits\n")
	}
	line(tablesPart, "tables", fmt.Sprintf("http://localhost:%d", o.tablesPort()))
	if len(phoneLinks) > 0 {
		b.WriteString(
			"\n  EXPOSED to your network, by plain http: the phone. The first browser to open this link can approve:\n",
		)
		for _, link := range phoneLinks {
			fmt.Fprintf(&b, "    %s\n", link)
		}
	}

	if o.parts[tenantPart] {
		b.WriteString("\n  At the tenant:\n")
		for _, u := range world.Users {
			fmt.Fprintf(&b, "    %s / %s\n", u.Email, u.Password)
		}
	}
	if o.parts[apiPart] {
		if len(world.Customers) > 0 {
			b.WriteString("\n  At the bank's own login:\n")
		}
		for _, c := range world.Customers {
			fmt.Fprintf(&b, "    %s / %s\n", c.Username, c.Password)
		}
		b.WriteString(tries(o.apiURL(), world))
	}
	return b.String()
}

// tries are three lines for a shell: a login, a balance, and a transfer that lacks its second factor.
func tries(api string, world demoWorld) string {
	if len(world.Customers) == 0 || len(world.Customers[0].Accounts) < 2 {
		return ""
	}
	c := world.Customers[0]
	from, to := c.Accounts[0], c.Accounts[1]
	// --json is not in curl before 7.82.
	const code, body = `-H "Authorization: Bearer $CODE"`, `-H 'Content-Type: application/json' -d`
	return fmt.Sprintf(`
  Try:
    CODE=$(curl -s %[1]s/login %[8]s '{"username":"%[2]s","password":"%[3]s"}' |
      sed 's/.*"authorization_code":"\([^"]*\)".*/\1/')
    curl -s %[1]s/balance %[4]s
    curl -s %[1]s/transfer %[4]s -H "Idempotency-Key: try-1" %[8]s \
      '{"from":"%[5]s","to":"%[6]s","amount":"10.00","currency":"%[7]s"}'
`, api, c.Username, c.Password, code, from.AccountID, to.AccountID, from.Currency, body)
}
