package template

import (
	"drawbridge/shared/dynamo/engine"
)

func (l *loader) readTable(r *resource) {
	p := l.properties(r.properties, r.logicalID)
	t := engine.Table{LogicalID: r.logicalID, Name: p.text("TableName")}
	if t.Name == "" {
		t.Name = t.LogicalID
	}
	types := map[string]string{}
	for _, definition := range p.list("AttributeDefinitions") {
		name, kind := definition.required("AttributeName", definition.node), definition.required("AttributeType", definition.node)
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
		l.refuse(lookup(r.properties, "AttributeDefinitions"), "%s: attribute %s is defined but no key uses it", r.logicalID, name)
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
