package metering

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"drawbridge/shared/testkit"
)

var update = flag.Bool("update", false, "write the tables into docs/COSTS.md")

// TestTheTablesOfTheDocumentAreWhatIsMeasuredAndPriced compares each part between <!-- name --> and <!-- /name -->.
func TestTheTablesOfTheDocumentAreWhatIsMeasuredAndPriced(t *testing.T) {
	file := filepath.Join(root, "docs", "COSTS.md")
	before, err := os.ReadFile(file)
	testkit.Must(t, err)
	fixed, custom := readMonthly(t), customMetrics(t)
	parts := map[string]string{
		"bills": bills(), "units": unitsTable(), "prices": pricesTable(), "monthly": monthlyTable(fixed, custom),
		"changes": changes(), "example": exampleTable(fixed, theExample(fixed, custom)), "sample": sample(),
	}
	after := string(before)
	for name, part := range parts {
		marked := regexp.MustCompile(`(?s)(<!-- ` + name + ` -->\n).*?(<!-- /` + name + ` -->)`)
		if !marked.MatchString(after) {
			t.Errorf("docs/COSTS.md has no place for %q", name)
			continue
		}
		after = marked.ReplaceAllStringFunc(after, func(string) string { return "<!-- " + name + " -->\n" + part + "<!-- /" + name + " -->" })
	}
	if *update {
		testkit.Must(t, os.WriteFile(file, []byte(after), 0o644))
		return
	}
	if diff := cmp.Diff(string(before), after); diff != "" {
		t.Errorf("docs/COSTS.md says something else; go test ./local/metering -update writes it (-there +now):\n%s", diff)
	}
}

func bills() string {
	var b strings.Builder
	b.WriteString("| A million of | API Gateway | Lambda | DynamoDB | Logs | X-Ray | Data out | Total | of it the authorizer |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, r := range routes {
		x := r.bill()
		fmt.Fprintf(&b, "| %s | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | **%.2f** | %.2f |\n",
			r.name, x.gateway, x.lambda, x.dynamo, x.logs, x.traces, x.out, x.total(), r.authorizerShare())
	}
	return b.String()
}

func unitsTable() string {
	var b strings.Builder
	b.WriteString("| One of | Read units | Write units | Round trips | Invocations | CPU µs, authorizer | CPU µs, function | Billed ms, assumed | Bytes logged | Bytes sent |\n" +
		"|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, r := range routes {
		used := r.authorizer.units.plus(r.function.units)
		made := r.authorizer.plain + r.authorizer.transactions + r.function.plain + r.function.transactions
		fmt.Fprintf(&b, "| %s | %v | %v | %d | %d | %v | %v | %v + %v | %d | %d |\n", r.name, used.reads, used.writes, made, r.invocations,
			cpu[r.name].authorizer, cpu[r.name].function, r.authorizerTime(), r.functionTime(), r.allLogged(), r.sent)
	}
	return b.String()
}

func pricesTable() string {
	var b strings.Builder
	b.WriteString("| What | US dollars | for one | Read at | That page's date |\n|---|--:|---|---|---|\n")
	for _, p := range prices {
		amount := fmt.Sprintf("%.3f", p.usd)
		if p.usd < 0.001 {
			amount = fmt.Sprintf("%.10f", p.usd)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | <%s> | %s |\n", p.what, strings.TrimSuffix(amount, "0"), p.per, p.source, p.dated)
	}
	return b.String()
}

func monthlyTable(fixed monthly, custom int) string {
	var b strings.Builder
	b.WriteString("| A month of | How many | Dollars |\n|---|--:|--:|\n")
	line := func(what string, count int, dollars float64) {
		fmt.Fprintf(&b, "| %s | %d | %.2f |\n", what, count, dollars)
	}
	alarms, metrics, boards := alarmMetric.of(float64(fixed.alarmMetrics)), customMetric.of(float64(custom)), dashboard.of(float64(fixed.dashboards))
	line("metrics that alarms watch", fixed.alarmMetrics, alarms)
	line("custom metrics, once each row above has happened", custom, metrics)
	line("dashboards", fixed.dashboards, boards)
	fmt.Fprintf(&b, "| **together** | | **%.2f** |\n", alarms+metrics+boards)
	line("with `Firewall=true`: web ACL and its rules", 1+fixed.firewallRules, webACL.usd+wafRule.of(float64(fixed.firewallRules)))
	fmt.Fprintf(&b, "| with `Firewall=true`: a million requests | | %.2f |\n", wafRequest.of(million))
	fmt.Fprintf(&b, "| point-in-time recovery, a GB in the %d tables that have it | | %.2f |\n", fixed.recovered, recovery.usd)
	return b.String()
}

func changes() string {
	token, code, wrong, login := named("GET /balance, an Auth0 token"), named("GET /balance, a code of the bank's login"),
		named("POST /login, a wrong password"), named("POST /login, a password")
	full := named("POST /login, a password, with 20 sessions")
	compute := func(memoryMB float64) float64 {
		return lambdaCompute.of(million * billed(cpu[login.name].function, memoryMB, login.function.trips) * memoryMB / 1000 / 1024)
	}
	var b strings.Builder
	b.WriteString("| A million requests | Dollars |\n|---|--:|\n")
	line := func(what string, dollars float64) { fmt.Fprintf(&b, "| %s | %.2f |\n", what, dollars) }
	line("`AuthorizerCacheSeconds=60` saves on each that finds its answer there, with an Auth0 token, at most", token.authorizerShare())
	line("the same, with a code of the bank's login, at most", code.authorizerShare())
	line("reading eventually consistently would save on GET /balance with a token", readUnit.of(million*token.function.reads/2))
	line("`SystemLogLevel: WARN` (no lines of Lambda's own) would save, two functions", logBytes.of(million*2*float64(platformBytes())))
	line("X-Ray records all, where there is at most one request a second: more by", trace.of(million*(1-traced)))
	line("20 live sessions make a login by password dearer by", full.bill().total()-login.bill().total())
	line("Lambda's compute of a refused login, which is held to 250 ms", lambdaCompute.of(million*wrong.functionTime()*memory["LoginFunction"]/1000/1024))
	for _, mb := range []float64{512, 1024, 1769} {
		line(fmt.Sprintf("Lambda's compute of a login by password at %v MB: %v ms", mb, billed(cpu[login.name].function, mb, login.function.trips)), compute(mb))
	}
	return b.String()
}

func sample() string {
	var b strings.Builder
	b.WriteString("| A customer's month | Requests |\n|---|--:|\n")
	for _, m := range month {
		fmt.Fprintf(&b, "| %s | %v |\n", m.route, m.times)
	}
	return b.String()
}

func exampleTable(fixed monthly, e example) string {
	var b strings.Builder
	b.WriteString("| A month | Dollars |\n|---|--:|\n")
	for _, l := range []struct {
		what    string
		dollars float64
	}{
		{fmt.Sprintf("API Gateway, %.0f requests", e.requests), e.routes.gateway},
		{"Lambda behind the routes", e.routes.lambda},
		{"DynamoDB behind the routes", e.routes.dynamo},
		{fmt.Sprintf("Logs, %.2f GB", e.logged/gigabyte), e.routes.logs},
		{"Data out", e.routes.out},
		{"X-Ray, the first request of each second and 5 % of the rest, if the requests are spread evenly", e.traces},
		{"Reconcile, reads: a whole walk each hour over a year's ledger", e.reconcileReads},
		{"Reconcile, Lambda", e.reconcileCompute},
		{fmt.Sprintf("Storage, %.2f GB after a year", e.bytes/gigabyte), e.storage},
		{"Point-in-time recovery", e.recovery},
		{"Logs kept for a year, as if nothing were compressed", e.logStorage},
		{"Alarms, custom metrics, dashboard", e.alarms + e.metrics + e.board},
	} {
		fmt.Fprintf(&b, "| %s | %.2f |\n", l.what, l.dollars)
	}
	fmt.Fprintf(&b, "| **together** | **%.2f** |\n", e.total())
	fmt.Fprintf(&b, "| `Firewall=true` would add | %.2f |\n", webACL.usd+wafRule.of(float64(fixed.firewallRules))+wafRequest.of(e.requests))
	return b.String()
}
