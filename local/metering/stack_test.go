package metering

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"drawbridge/shared/testkit"
)

// memory is what each function behind a row has, in MB: template.yaml's, which the test compares.
var memory = map[string]float64{
	"AuthorizerFunction": 256, "BalanceFunction": 256, "TransferFunction": 256, "StatementFunction": 256, "NonceFunction": 256,
	"LoginFunction": 1024, "LogoutFunction": 256,
}

// behind is the function that a row ends at, for its name begins with the method and path; of a refused one, none.
func (r route) behind() string {
	for prefix, function := range map[string]string{
		"GET /balance": "BalanceFunction", "GET /transfers": "StatementFunction", "POST /transfer": "TransferFunction",
		"POST /nonce": "NonceFunction", "POST /login": "LoginFunction", "POST /logout": "LogoutFunction",
	} {
		if strings.HasPrefix(r.name, prefix+",") || strings.HasPrefix(r.name, prefix+" ") || r.name == prefix {
			return function
		}
	}
	return ""
}

func TestEachInvocationIsPricedWithItsMemoryAndATime(t *testing.T) {
	for _, f := range load(t, "http://localhost:3001/").Functions {
		if want, priced := memory[f.LogicalID]; priced && float64(f.MemoryMB) != want {
			t.Errorf("%s has %d MB, and is priced with %v", f.LogicalID, f.MemoryMB, want)
		}
	}
	for _, r := range routes {
		if _, known := memory[r.behind()]; !known && cpu[r.name].function > 0 {
			t.Errorf("%s: no function is known to stand behind it", r.name)
		}
		timed := 0
		for _, time := range []float64{r.authorizerTime(), r.functionTime()} {
			if time > 0 {
				timed++
			}
		}
		if timed != r.invocations {
			t.Errorf("%s: %d invocations, and the time of %d is known", r.name, r.invocations, timed)
		}
	}
}

// resources of template.yaml that cost by the month.
type monthly struct {
	alarmMetrics, dashboards, firewallRules, recovered int
	accessLog                                          string
}

// node is a resource, as far as it is read here. Conditions count as met.
type node struct {
	Type       string
	Properties struct {
		Metrics []struct {
			MetricStat yaml.Node `yaml:"MetricStat"`
		} `yaml:"Metrics"`
		Rules                            []yaml.Node `yaml:"Rules"`
		PointInTimeRecoverySpecification struct {
			Enabled bool `yaml:"PointInTimeRecoveryEnabled"`
		} `yaml:"PointInTimeRecoverySpecification"`
		AccessLogSetting struct {
			Format string `yaml:"Format"`
		} `yaml:"AccessLogSetting"`
	} `yaml:"Properties"`
}

func readMonthly(t *testing.T) (m monthly) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "template.yaml"))
	testkit.Must(t, err)
	var stack struct {
		Resources map[string]yaml.Node `yaml:"Resources"`
	}
	testkit.Must(t, yaml.Unmarshal(text, &stack))
	for id, raw := range stack.Resources {
		var kind struct {
			Type string `yaml:"Type"`
		}
		testkit.Must(t, raw.Decode(&kind))
		switch kind.Type {
		case "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::WAFv2::WebACL", "AWS::DynamoDB::Table", "AWS::Serverless::Api":
		default:
			continue
		}
		var n node
		if err := raw.Decode(&n); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		switch kind.Type {
		case "AWS::CloudWatch::Alarm":
			watched := 0
			for _, metric := range n.Properties.Metrics {
				if !metric.MetricStat.IsZero() {
					watched++
				}
			}
			m.alarmMetrics += max(watched, 1)
		case "AWS::CloudWatch::Dashboard":
			m.dashboards++
		case "AWS::WAFv2::WebACL":
			m.firewallRules += len(n.Properties.Rules)
		case "AWS::DynamoDB::Table":
			if n.Properties.PointInTimeRecoverySpecification.Enabled {
				m.recovered++
			}
		case "AWS::Serverless::Api":
			m.accessLog = n.Properties.AccessLogSetting.Format
		}
	}
	return m
}

// accessLogBytes is about how large a line of the access log is, with the 26 bytes of an event.
const accessLogBytes = 430

// variables is how the variables of the access log look for a request that is answered.
var variables = map[string]string{
	"requestId": "6d68ca91-49c9-448d-89b8-7ca3e6dc66aa", "requestTimeEpoch": "1795348800123", "identity.sourceIp": "203.0.113.200",
	"httpMethod": "POST", "resourcePath": "/transfer", "status": "201", "error.responseType": "-", "authorizer.status": "200",
	"authorizer.latency": "12", "authorize.status": "200", "authorizer.kind": "user", "authorizer.scope": "openid profile view:balance transfer:funds",
	"authorizer.error_description": "-", "integration.status": "200", "integration.latency": "35", "responseLatency": "60",
	"xrayTraceId": "1-62e900b2-710d76f009d6e7785905449a",
}

func TestALineOfTheAccessLogIsAboutAsLargeAsIsPriced(t *testing.T) {
	variable := regexp.MustCompile(`\$context\.[A-Za-z_.]*[A-Za-z]`)
	line := variable.ReplaceAllStringFunc(readMonthly(t).accessLog, func(name string) string {
		value, known := variables[strings.TrimPrefix(name, "$context.")]
		if !known {
			t.Errorf("%s is in the access log and has no length here", name)
		}
		return value
	})
	if got := len(line) + eventOverhead; !about(got, accessLogBytes) {
		t.Errorf("%d bytes, priced as %d: %s", got, accessLogBytes, line)
	}
}
