package template_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"drawbridge/local/template/templatetest"
	"drawbridge/shared/testkit"
)

// What is without effect on one machine and decides in production: read as the file has it, since the loader passes it
// over.

type mapping = templatetest.Mapping

func resources(t *testing.T, kind string) map[string]mapping {
	t.Helper()
	return templatetest.Resources(t, root, kind)
}

func TestEveryFunctionBehindARouteHasACanaryAndAnAlarmThatRollsItBack(t *testing.T) {
	alarms := resources(t, "AWS::CloudWatch::Alarm")
	functions := resources(t, "AWS::Serverless::Function")
	for _, route := range project(t).Routes {
		f := functions[route.Function]
		if route.Function == "" { // a preflight
			continue
		}
		alarm := strings.TrimSuffix(route.Function, "Function") + "CanaryAlarm"
		preference, _ := f["DeploymentPreference"].(mapping)
		if preference == nil || f["AutoPublishAlias"] != "live" || alarms[alarm] == nil {
			t.Errorf("%s has no alias, no canary or no %s", route.Function, alarm)
			continue
		}
		if rollsBack, _ := preference["Alarms"].([]any); !slices.Contains(rollsBack, any("Ref "+alarm)) {
			t.Errorf("%s is rolled back by %v, not by %s", route.Function, rollsBack, alarm)
		}
		watched := alarms[alarm]["Dimensions"].([]any)
		for _, dimension := range []mapping{
			{"Name": "FunctionName", "Value": "Ref " + route.Function},
			{"Name": "Resource", "Value": "Sub ${" + route.Function + "}:live"},
			{"Name": "ExecutedVersion", "Value": "GetAtt " + route.Function + ".Version.Version"},
		} {
			if !slices.ContainsFunc(watched, func(d any) bool {
				return d.(mapping)["Name"] == dimension["Name"] && d.(mapping)["Value"] == dimension["Value"]
			}) {
				t.Errorf("%s does not watch %v", alarm, dimension)
			}
		}
	}
}

// SAM names a version after its code; a change of a parameter alone would never reach the alias.
func TestAChangeOfAParameterIsANewVersion(t *testing.T) {
	for id, f := range resources(t, "AWS::Serverless::Function") {
		if f["AutoPublishAlias"] != nil && f["AutoPublishCodeSha256"] != "Ref Release" {
			t.Errorf("%s publishes a version by %v", id, f["AutoPublishCodeSha256"])
		}
	}
	settings := testkit.Read(t, root, "samconfig.toml")
	environments := regexp.MustCompile(`(?m)^\[(\w+)\.deploy\.parameters]$`).FindAllStringSubmatch(settings, -1)
	given := strings.Count(settings, `"file://.aws-sam/release.yaml"`)
	if given != len(environments) || given == 0 {
		t.Errorf("%d of %d environments are given the release", given, len(environments))
	}
	for _, environment := range environments {
		for _, command := range []string{"validate", "list_resources", "list_endpoints", "list_stack_outputs"} {
			if table := "[" + environment[1] + "." + command + ".parameters]"; !strings.Contains(settings, table) {
				t.Errorf("samconfig.toml has no %s: the command fails there for want of a release or of a name", table)
			}
		}
	}
}

func TestEveryRouteHasAThrottleAndEveryThrottleARoute(t *testing.T) {
	throttled := map[string]bool{}
	for _, setting := range resources(t, "AWS::Serverless::Api")["Api"]["MethodSettings"].([]any) {
		s := setting.(mapping)
		if s["DataTraceEnabled"] != "false" {
			t.Errorf("%v would log bodies", s)
		}
		throttled[s["HttpMethod"].(string)+" "+strings.ReplaceAll(strings.Replace(s["ResourcePath"].(string), "/~1", "/", 1),
			"~1", "/")] = true
	}
	delete(throttled, "* /*")
	for _, route := range project(t).Routes {
		if name := route.Method + " " + route.Path; route.Function != "" && !throttled[name] {
			t.Errorf("%s has no throttle of its own", name)
		} else {
			delete(throttled, name)
		}
	}
	for name := range throttled {
		t.Errorf("%s is throttled, and is no route", name)
	}
}

func TestAnAccessLogLineIsJSONAndHoldsNothingThatAClientWrites(t *testing.T) {
	format := resources(t, "AWS::Serverless::Api")["Api"]["AccessLogSetting"].(mapping)["Format"].(string)
	variable := regexp.MustCompile(`\$context(\.\w+)+`)
	if line := variable.ReplaceAllString(format, "1"); !json.Valid([]byte(line)) || strings.Contains(format, "\n") {
		t.Errorf("not a line of JSON: %s", line)
	}
	for _, name := range variable.FindAllString(format, -1) {
		for _, written := range []string{"userAgent", ".path", "requestOverride", "error.message", "domainName",
			"authorizer.sub", "authorizer.token_id"} {
			if strings.Contains(name, written) {
				t.Errorf("%s would be logged", name)
			}
		}
	}
	for _, needed := range []string{"authorizer.status", "authorizer.kind", "authorizer.error_description",
		"error.responseType", "requestId"} {
		if !strings.Contains(format, "$context."+needed) {
			t.Errorf("the line does not tell %s", needed)
		}
	}
}

func TestEveryAlarmSaysWhatItMeansAndTellsSomebody(t *testing.T) {
	for id, alarm := range resources(t, "AWS::CloudWatch::Alarm") {
		if alarm["AlarmDescription"] == nil || alarm["TreatMissingData"] == nil ||
			!slices.Equal(alarm["AlarmActions"].([]any), []any{"Ref AlarmsTopic"}) {
			t.Errorf("%s: %v", id, alarm)
		}
	}
}

func TestTheDashboardIsJSONAndShowsEveryAlarm(t *testing.T) {
	body := strings.TrimPrefix(resources(t, "AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardBody"].(string), "Sub ")
	if !json.Valid([]byte(body)) {
		t.Error("not JSON")
	}
	for id := range resources(t, "AWS::CloudWatch::Alarm") {
		if !strings.Contains(body, "${"+id+".Arn}") {
			t.Errorf("%s is not on it", id)
		}
	}
}

func TestMoneyAndCustomersOutliveTheStack(t *testing.T) {
	kept := []string{"AccountsTable", "TransfersTable", "LedgerTable", "CustomersTable"}
	for id, table := range resources(t, "AWS::DynamoDB::Table") {
		if table["BillingMode"] != "PAY_PER_REQUEST" || table["SSESpecification"] == nil {
			t.Errorf("%s is not on demand, or not encrypted by a key of KMS", id)
		}
		if !slices.Contains(kept, id) {
			continue
		}
		protection, _ := table["DeletionProtectionEnabled"].([]any)
		if table["DeletionPolicy"] != "Retain" || table["PointInTimeRecoverySpecification"] == nil ||
			!slices.Equal(protection, []any{"If", "IsProduction", "true", "false"}) {
			t.Errorf("%s can be lost: %v", id, table)
		}
	}
}

func TestEveryLogEnds(t *testing.T) {
	for id, group := range resources(t, "AWS::Logs::LogGroup") {
		if group["RetentionInDays"] != "Ref LogRetentionDays" {
			t.Errorf("%s is kept for ever", id)
		}
	}
	for id, f := range resources(t, "AWS::Serverless::Function") {
		if logging, _ := f["LoggingConfig"].(mapping); logging["LogGroup"] != "Ref "+strings.TrimSuffix(id,
			"Function")+"Logs" {
			t.Errorf("%s logs to %v", id, logging)
		}
	}
}

func TestAHostNameOfOnesOwnIsTheOnlyAddress(t *testing.T) {
	off, _ := resources(t, "AWS::Serverless::Api")["Api"]["DisableExecuteApiEndpoint"].([]any)
	testkit.Equal(t, []any{"If", "HasDomain", "true", "false"}, off)
}
