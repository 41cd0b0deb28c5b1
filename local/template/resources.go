package template

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"drawbridge/shared/dynamo/engine"
)

// resource is an entry of the Resources section as it stands in the template.
type resource struct {
	logicalID  string
	kind       string     // "AWS::DynamoDB::Table"
	key        *yaml.Node // where the entry begins
	properties *yaml.Node // with Globals merged in
	absent     bool       // its condition does not hold
	naming     bool       // its physical name is being resolved
}

const (
	kindAPI      = "AWS::Serverless::Api"
	kindFunction = "AWS::Serverless::Function"
	kindTable    = "AWS::DynamoDB::Table"
)

// inertKinds are the resource types that do something on AWS and nothing on one
// machine: who may call what, who is told when something breaks, where logs go,
// under which name the API is known. Their properties are not interpreted.
var inertKinds = []string{
	"AWS::ApiGateway::Account", "AWS::ApiGateway::BasePathMapping", "AWS::ApiGateway::DomainName",
	"AWS::Backup::BackupPlan", "AWS::Backup::BackupSelection", "AWS::Backup::BackupVault",
	"AWS::Budgets::Budget", "AWS::CertificateManager::Certificate",
	"AWS::CloudWatch::Alarm", "AWS::CloudWatch::AnomalyDetector", "AWS::CloudWatch::CompositeAlarm",
	"AWS::CloudWatch::Dashboard",
	"AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::Role",
	"AWS::KMS::Alias", "AWS::KMS::Key", "AWS::Lambda::Permission",
	"AWS::Logs::LogGroup", "AWS::Logs::MetricFilter", "AWS::Logs::QueryDefinition",
	"AWS::ResourceGroups::Group", "AWS::Route53::RecordSet",
	"AWS::SNS::Subscription", "AWS::SNS::Topic", "AWS::SNS::TopicPolicy",
	"AWS::WAFv2::LoggingConfiguration", "AWS::WAFv2::WebACL", "AWS::WAFv2::WebACLAssociation", "AWS::XRay::Group",
}

// readResources first lists all resources, so that each can refer to any other,
// and then reads those that have an effect here.
func (l *loader) readResources(section *yaml.Node) {
	for key, definition := range entries(section) {
		if r := l.declare(key, definition); r != nil {
			l.resources[r.logicalID] = r
			l.order = append(l.order, r.logicalID)
		}
	}
	for _, kind := range []string{kindTable, kindFunction, kindAPI} {
		for _, logicalID := range l.order {
			r := l.resources[logicalID]
			switch {
			case r.kind != kind:
			case r.absent:
				l.check(r.properties)
			case kind == kindTable:
				l.readTable(r)
			case kind == kindFunction:
				l.readFunction(r)
			default:
				l.readAPI(r)
			}
		}
	}
	for _, logicalID := range l.order {
		if r := l.resources[logicalID]; slices.Contains(inertKinds, r.kind) {
			l.check(r.properties)
		}
	}
}

// declare reads the attributes that every resource may have.
func (l *loader) declare(key, definition *yaml.Node) *resource {
	r := &resource{logicalID: key.Value, key: key, properties: &yaml.Node{Kind: yaml.MappingNode, Line: key.Line}}
	for attribute, value := range entries(definition) {
		switch attribute.Value {
		case "Type":
			r.kind = value.Value
		case "Properties":
			r.properties = value
		case "Condition":
			r.absent = !l.holds(value, value.Value)
		case "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Metadata":
		default:
			l.refuse(attribute, "%s: attribute %s is not understood", key.Value, attribute.Value)
		}
	}
	switch {
	case r.kind == kindAPI || r.kind == kindFunction:
		r.properties = merge(l.globals[strings.TrimPrefix(r.kind, "AWS::Serverless::")], r.properties)
	case r.kind == kindTable || slices.Contains(inertKinds, r.kind):
	case r.kind == "":
		l.refuse(key, "%s has no Type", key.Value)
		return nil
	default:
		l.refuse(key, "%s: resource type %s is not understood", key.Value, r.kind)
		return nil
	}
	if r.kind == kindFunction {
		l.checkBuild(r, lookup(definition, "Metadata"))
	}
	return r
}

// readGlobals keeps the Globals sections for merging into each resource.
func (l *loader) readGlobals(section *yaml.Node) {
	for key, value := range entries(section) {
		switch key.Value {
		case "Function", "Api":
			l.globals[key.Value] = value
		default:
			l.refuse(key, "Globals.%s is not understood", key.Value)
		}
	}
}

// merge lays a resource's own properties over those of Globals as SAM does
// (samtranslator/plugins/globals): mappings are merged key by key, lists are
// joined with the global items first, and anything else, an intrinsic function
// included, is replaced by the resource's own value.
func merge(global, local *yaml.Node) *yaml.Node {
	switch {
	case global == nil:
		return local
	case local == nil:
		return global
	}
	globalFunction, _ := intrinsic(global)
	localFunction, _ := intrinsic(local)
	if global.Kind != local.Kind || globalFunction != "" || localFunction != "" {
		return local
	}
	merged := *local
	switch local.Kind {
	case yaml.SequenceNode:
		merged.Content = append(append([]*yaml.Node{}, global.Content...), local.Content...)
	case yaml.MappingNode:
		merged.Content = nil
		for key, value := range entries(global) {
			merged.Content = append(merged.Content, key, merge(value, lookup(local, key.Value)))
		}
		for key, value := range entries(local) {
			if lookup(global, key.Value) == nil {
				merged.Content = append(merged.Content, key, value)
			}
		}
	}
	return &merged
}

func (l *loader) readTable(r *resource) {
	p := l.properties(r.properties, r.logicalID)
	t := engine.Table{LogicalID: r.logicalID, Name: p.text("TableName")}
	if t.Name == "" {
		t.Name = t.LogicalID
	}
	types := map[string]string{}
	for _, definition := range p.list("AttributeDefinitions") {
		name, kind := definition.required("AttributeName", definition.node),
			definition.required("AttributeType", definition.node)
		if kind != "S" && kind != "N" && kind != "B" {
			l.refuse(definition.node, "%s: attribute %s has type %q; a key is S, N or B", r.logicalID, name, kind)
		}
		types[name] = kind
		definition.done()
	}
	for _, part := range p.list("KeySchema") {
		key := engine.Key{Name: part.required("AttributeName", part.node)}
		key.Type = types[key.Name]
		if key.Type == "" {
			l.refuse(part.node, "%s: key %s is not in AttributeDefinitions", r.logicalID, key.Name)
		}
		switch kind := part.required("KeyType", part.node); {
		case kind == "HASH" && t.PartitionKey == engine.Key{}:
			t.PartitionKey = key
		case kind == "RANGE" && t.SortKey == engine.Key{} && t.PartitionKey != engine.Key{}:
			t.SortKey = key
		default:
			l.refuse(part.node, "%s: KeySchema is one HASH key and then at most one RANGE key", r.logicalID)
		}
		delete(types, key.Name)
		part.done()
	}
	if (t.PartitionKey == engine.Key{}) {
		l.refuse(r.key, "%s has no partition key", r.logicalID)
	}
	for name := range types {
		l.refuse(lookup(r.properties, "AttributeDefinitions"), "%s: attribute %s is defined but no key uses it", r.logicalID,
			name)
	}
	ttl := p.sub("TimeToLiveSpecification")
	if attribute := ttl.text("AttributeName"); ttl.boolean("Enabled", false) {
		t.TTLAttribute = attribute
	}
	ttl.done()
	p.inert("BillingMode", "ProvisionedThroughput", "OnDemandThroughput", "WarmThroughput", "TableClass", "Tags",
		"PointInTimeRecoverySpecification", "SSESpecification", "DeletionProtectionEnabled",
		"ContributorInsightsSpecification", "ResourcePolicy")
	p.done()
	l.stack.Tables = append(l.stack.Tables, t)
}
