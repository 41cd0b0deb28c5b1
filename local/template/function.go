package template

import (
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// checkBuild refuses a way of building other than the one this machine has.
func (l *loader) checkBuild(r *resource, metadata *yaml.Node) {
	method := lookup(metadata, "BuildMethod")
	if method == nil {
		l.refuse(r.key, "%s: Metadata.BuildMethod is missing; it must be go1.x", r.logicalID)
	} else if method.Value != "go1.x" {
		l.refuse(method, "%s: BuildMethod %s is not understood; it must be go1.x", r.logicalID, method.Value)
	}
}

func (l *loader) readFunction(r *resource) {
	p := l.properties(r.properties, r.logicalID)
	f := Function{
		LogicalID:           r.logicalID,
		Name:                p.text("FunctionName"),
		CodeURI:             p.required("CodeUri", r.key),
		Timeout:             time.Duration(p.integer("Timeout", 3, 1, 900)) * time.Second,
		MemoryMB:            p.integer("MemorySize", 128, 128, 10240),
		ReservedConcurrency: p.integer("ReservedConcurrentExecutions", 0, 1, 1000),
		Environment:         map[string]string{},
	}
	if f.Name == "" {
		f.Name = f.LogicalID
	}
	f.CodeURI = path.Clean(f.CodeURI)
	if strings.HasPrefix(f.CodeURI, "..") || path.IsAbs(f.CodeURI) || strings.Contains(f.CodeURI, "://") {
		l.refuse(lookup(r.properties, "CodeUri"), "%s.CodeUri must be a folder below the template's", r.logicalID)
	}
	p.must("Handler", "bootstrap", r.key) // what a Go binary is called
	p.must("Runtime", "provided.al2023", r.key)
	p.only("PackageType", "Zip")
	environment := p.sub("Environment")
	variables := environment.sub("Variables")
	for key := range entries(variables.node) {
		if value := variables.take(key.Value); value != nil {
			f.Environment[key.Value], _ = l.text(value, variables.where+"."+key.Value)
		}
	}
	environment.done()
	events := p.sub("EventInvokeConfig")
	f.Tries = 1 + events.integer("MaximumRetryAttempts", 2, 0, 2)
	events.inert("MaximumEventAgeInSeconds", "DestinationConfig")
	events.done()
	p.raw("Events") // read with the API that they belong to
	f.Policies = l.statements(p)
	p.inert("Description", "Architectures", "Tags", "PropagateTags", "Tracing", "LoggingConfig", "Role", "RolePath",
		"PermissionsBoundary", "AutoPublishAlias", "AutoPublishAliasAllProperties", "AutoPublishCodeSha256",
		"DeploymentPreference", "KmsKeyArn",
		"VersionDescription", "RuntimeManagementConfig", "RecursiveLoop", "EphemeralStorage", "ProvisionedConcurrencyConfig",
		"CodeSigningConfigArn", "AssumeRolePolicyDocument", "VersionDeletionPolicy")
	p.done()
	l.stack.Functions = append(l.stack.Functions, f)
}

// Schedule is an event of type Schedule: the function is invoked again and again.
type Schedule struct {
	Name     string // of the event
	Function string // logical id
	Every    time.Duration
}

// readSchedule understands rate(…); a cron expression is refused, since it would need a calendar here.
func (l *loader) readSchedule(event *properties, key *yaml.Node, function string) {
	p := event.sub("Properties")
	expression := p.required("Schedule", key)
	every, ok := rate(expression)
	if !ok && expression != "" {
		l.refuse(key, "%s: schedule %s is not understood; write rate(1 hour), rate(5 minutes) or the like", event.where,
			expression)
	}
	p.only("State", "ENABLED")
	p.inert("Name", "Description", "RetryPolicy", "DeadLetterConfig")
	p.done()
	l.stack.Schedules = append(l.stack.Schedules, Schedule{Name: key.Value, Function: function, Every: every})
}

// rates are EventBridge's rate expressions: a whole number and its unit, singular for one.
var rates = regexp.MustCompile(`^rate\(([1-9][0-9]{0,4}) (minute|hour|day)(s?)\)$`)

func rate(expression string) (time.Duration, bool) {
	parts := rates.FindStringSubmatch(expression)
	if parts == nil || (parts[1] == "1") == (parts[3] == "s") {
		return 0, false
	}
	number, _ := strconv.Atoi(parts[1])
	unit := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[parts[2]]
	return time.Duration(number) * unit, true
}
