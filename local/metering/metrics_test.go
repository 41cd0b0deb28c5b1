package metering

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// reconcileMetrics is how many functions/reconcile publishes (walk.go).
const reconcileMetrics = 5

// customMetrics counts what CloudWatch would bill as metrics after every row once: those that the lines' own directives
// ask for, and those of the template's filters, a metric for each combination of dimensions.
func customMetrics(t *testing.T) int {
	t.Helper()
	names := map[string]bool{"filter transfers_accepted": true}
	for _, u := range measured(t) {
		for _, line := range u.lines {
			var members map[string]any
			if json.Unmarshal([]byte(line), &members) != nil {
				continue
			}
			embedded(line, members, names)
			route, event := fmt.Sprint(members["route"]), fmt.Sprint(members["event"])
			if code := members["code"]; code != nil && route == "POST /transfer" {
				names[fmt.Sprint("filter transfers_refused ", code)] = true
			}
			if strings.HasPrefix(event, "login_") {
				names["filter logins "+event] = true
			}
		}
	}
	return len(names) + reconcileMetrics
}

// embedded adds what a line in the embedded metric format publishes
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
func embedded(line string, members map[string]any, names map[string]bool) {
	var format struct {
		AWS struct {
			CloudWatchMetrics []struct {
				Namespace  string
				Dimensions [][]string
				Metrics    []struct{ Name string }
			}
		} `json:"_aws"`
	}
	if json.Unmarshal([]byte(line), &format) != nil {
		return
	}
	for _, directive := range format.AWS.CloudWatchMetrics {
		for _, dimensions := range directive.Dimensions {
			values := directive.Namespace
			for _, dimension := range dimensions {
				values += fmt.Sprint(" ", dimension, "=", members[dimension])
			}
			for _, metric := range directive.Metrics {
				names[values+" "+metric.Name] = true
			}
		}
	}
}
