package template

import (
	"strings"

	"go.yaml.in/yaml/v4"
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
var inertKinds = map[string]bool{
	"AWS::ApiGateway::Account":             true,
	"AWS::ApiGateway::BasePathMapping":     true,
	"AWS::ApiGateway::DomainName":          true,
	"AWS::Backup::BackupPlan":              true,
	"AWS::Backup::BackupSelection":         true,
	"AWS::Backup::BackupVault":             true,
	"AWS::Budgets::Budget":                 true,
	"AWS::CertificateManager::Certificate": true,
	"AWS::CloudWatch::Alarm":               true,
	"AWS::CloudWatch::AnomalyDetector":     true,
	"AWS::CloudWatch::CompositeAlarm":      true,
	"AWS::CloudWatch::Dashboard":           true,
	"AWS::IAM::ManagedPolicy":              true,
	"AWS::IAM::Policy":                     true,
	"AWS::IAM::Role":                       true,
	"AWS::KMS::Alias":                      true,
	"AWS::KMS::Key":                        true,
	"AWS::Lambda::Permission":              true,
	"AWS::Logs::LogGroup":                  true,
	"AWS::Logs::MetricFilter":              true,
	"AWS::Logs::QueryDefinition":           true,
	"AWS::ResourceGroups::Group":           true,
	"AWS::Route53::RecordSet":              true,
	"AWS::SNS::Subscription":               true,
	"AWS::SNS::Topic":                      true,
	"AWS::SNS::TopicPolicy":                true,
	"AWS::WAFv2::LoggingConfiguration":     true,
	"AWS::WAFv2::WebACL":                   true,
	"AWS::WAFv2::WebACLAssociation":        true,
	"AWS::XRay::Group":                     true,
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
		if r := l.resources[logicalID]; inertKinds[r.kind] {
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
	case r.kind == kindTable || inertKinds[r.kind]:
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
