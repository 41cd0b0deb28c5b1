package iam

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
)

// schemas knows the partition keys of the engine's tables. They never change while a table lives, and each is asked
// for once.
type schemas struct {
	engine string
	mu     sync.Mutex
	keys   map[string]string
}

// partitionKey asks the engine as the function that sent r.
func (s *schemas) partitionKey(r *http.Request, table string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if key := s.keys[table]; key != "" {
		return key, nil
	}
	question, err := json.Marshal(map[string]string{"TableName": table})
	if err != nil {
		return "", err
	}
	ask, err := http.NewRequestWithContext(r.Context(), http.MethodPost, s.engine, bytes.NewReader(question))
	if err != nil {
		return "", err
	}
	for _, name := range []string{"Authorization", "X-Amz-Date", "Content-Type"} {
		ask.Header.Set(name, r.Header.Get(name))
	}
	ask.Header.Set("X-Amz-Target", targetPrefix+"DescribeTable")
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		return "", fmt.Errorf("failed to ask for the keys of %s: %w", table, err)
	}
	defer answer.Body.Close()
	var d describe
	if err := json.NewDecoder(answer.Body).Decode(&d); err != nil {
		return "", fmt.Errorf("failed to read the keys of %s: %w", table, err)
	}
	key, err := d.partitionKey(table)
	if err == nil {
		s.keys[table] = key
	}
	return key, err
}
