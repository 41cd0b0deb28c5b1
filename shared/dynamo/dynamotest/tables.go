package dynamotest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"go.yaml.in/yaml/v4"

	"drawbridge/shared/dynamo/engine"
)

// resources is what a test's tables need of template.yaml. A table's keys depend on no parameter or condition, so a
// plain decode is enough; package template, which reads the whole file, has a test that the two agree.
type resources struct {
	Resources map[string]struct {
		Type       string    `yaml:"Type"`
		Properties yaml.Node `yaml:"Properties"`
	} `yaml:"Resources"`
}

type properties struct {
	AttributeDefinitions []struct {
		AttributeName string `yaml:"AttributeName"`
		AttributeType string `yaml:"AttributeType"`
	} `yaml:"AttributeDefinitions"`
	KeySchema []struct {
		AttributeName string `yaml:"AttributeName"`
		KeyType       string `yaml:"KeyType"`
	} `yaml:"KeySchema"`
	TimeToLiveSpecification struct {
		AttributeName string `yaml:"AttributeName"`
		Enabled       bool   `yaml:"Enabled"`
	} `yaml:"TimeToLiveSpecification"`
}

// Tables returns the tables of the template.yaml that lies beside go.mod, in the folder of the test or above it. The
// file is read once a process: under the race detector that takes as long as making the tables.
func Tables() ([]engine.Table, error) {
	tables, err := read()
	return slices.Clone(tables), err
}

var read = sync.OnceValues(func() ([]engine.Table, error) {
	file, err := templateFile()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("dynamotest: %w", err)
	}
	var template resources
	if err := yaml.Unmarshal(text, &template); err != nil {
		return nil, fmt.Errorf("dynamotest: %s: %w", file, err)
	}
	var tables []engine.Table
	for logicalID, resource := range template.Resources {
		if resource.Type != "AWS::DynamoDB::Table" {
			continue
		}
		var p properties
		if err := resource.Properties.Decode(&p); err != nil {
			return nil, fmt.Errorf("dynamotest: %s: %w", logicalID, err)
		}
		tables = append(tables, p.table(logicalID))
	}
	return tables, nil
})

func (p properties) table(logicalID string) engine.Table {
	types := map[string]string{}
	for _, a := range p.AttributeDefinitions {
		types[a.AttributeName] = a.AttributeType
	}
	t := engine.Table{LogicalID: logicalID, Name: logicalID}
	for _, k := range p.KeySchema {
		key := engine.Key{Name: k.AttributeName, Type: types[k.AttributeName]}
		if k.KeyType == "RANGE" {
			t.SortKey = key
		} else {
			t.PartitionKey = key
		}
	}
	if p.TimeToLiveSpecification.Enabled {
		t.TTLAttribute = p.TimeToLiveSpecification.AttributeName
	}
	return t
}

func templateFile() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("dynamotest: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return filepath.Join(folder, "template.yaml"), nil
		}
		if folder == filepath.Dir(folder) {
			return "", fmt.Errorf("dynamotest: the test does not run inside the module")
		}
		folder = filepath.Dir(folder)
	}
}
