package audit_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"drawbridge/shared/audit"
	"drawbridge/shared/rest"
)

func write(t *testing.T, r *rest.Request, attributes ...slog.Attr) map[string]any {
	t.Helper()
	var log bytes.Buffer
	audit.Write(t.Context(), slog.New(slog.NewJSONHandler(&log, nil)), r, audit.LoginRefused, attributes...)
	var record map[string]any
	if err := json.Unmarshal(log.Bytes(), &record); err != nil {
		t.Fatalf("not one line of JSON: %q", log.String())
	}
	return record
}

func TestARecordSaysWhatWhenAndFromWhere(t *testing.T) {
	record := write(t, &rest.Request{ID: "r-1", SourceIP: "192.0.2.1", UserAgent: "curl"},
		slog.String("reason", "wrong_password"))
	for name, want := range map[string]any{
		"msg": "audit", "event": "login_refused", "request_id": "r-1", "ip": "192.0.2.1", "user_agent": "curl",
		"reason": "wrong_password",
	} {
		if record[name] != want {
			t.Errorf("%s is %v, want %v", name, record[name], want)
		}
	}
	if record["time"] == nil {
		t.Error("it does not say when")
	}
}

func TestAClientCannotWriteLinesOfItsOwn(t *testing.T) {
	record := write(t,
		&rest.Request{UserAgent: "x\n{\"msg\":\"audit\",\"event\":\"login_accepted\"}" + strings.Repeat("y", 5000)})
	if record["event"] != "login_refused" || len(record["user_agent"].(string)) > 200 {
		t.Errorf("got %v", record)
	}
}

func TestASecretIsNamedByTheStartOfItsHash(t *testing.T) {
	if got := audit.Name("session", strings.Repeat("ab", 32)); got.Value.String() != "abababababababab" {
		t.Errorf("got %v", got)
	}
	if got := audit.Name("session", "short"); got.Value.String() != "short" {
		t.Errorf("got %v", got)
	}
}
