package gateway

import (
	"strconv"
	"testing"
	"time"

	"drawbridge/local/template"
)

func TestCacheKeysDifferWhereTheirPartsDo(t *testing.T) {
	if newCacheKey([]string{"ab", "c"}) == newCacheKey([]string{"a",
		"bc"}) || newCacheKey([]string{"a"}) == newCacheKey([]string{"a", ""}) {
		t.Error("two lists of parts have one key")
	}
}

func TestTheCacheDoesNotGrowWithoutBound(t *testing.T) {
	var c cache
	now := time.Unix(0, 0)
	for i := range 3 * cacheSize {
		c.put(newCacheKey([]string{strconv.Itoa(i)}), authorizerOutput{}, now.Add(time.Hour), now)
	}
	if len(c.entries) > cacheSize {
		t.Errorf("%d entries", len(c.entries))
	}
}

func TestExpiredAnswersMakeRoomBeforeLivingOnesGo(t *testing.T) {
	var c cache
	now := time.Unix(0, 0)
	living := newCacheKey([]string{"living"})
	c.put(living, authorizerOutput{principal: "me"}, now.Add(time.Hour), now)
	for i := range cacheSize + 10 {
		c.put(newCacheKey([]string{strconv.Itoa(i)}), authorizerOutput{}, now.Add(time.Minute),
			now.Add(time.Duration(i/(cacheSize-1))*2*time.Minute))
	}
	if v, ok := c.get(living, now.Add(3*time.Minute)); !ok || v.principal != "me" {
		t.Error("a living answer was dropped for expired ones")
	}
}

func TestWhatAnAuthorizerMayNotAnswer(t *testing.T) {
	const statement = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	for _, c := range []struct {
		context, statement string
		fine               bool
	}{
		{`{"a":"b"}`, statement, true}, {`null`, statement, true}, {`"text"`, statement, false},
		{`{"a":null}`, statement, false}, {`{}`, `{"Effect":"Allow","Action":"*","Resource":[]}`, false},
		{`{}`, `{"Effect":"Allow","Action":[],"Resource":"*"}`, false}, {`{}`, `{"Action":"*","Resource":"*"}`, false},
		{`{}`, `{"Effect":"Allow","Action":"*","NotResource":"*"}`, false},
	} {
		answer := `{"principalId":"me","context":` + c.context + `,"policyDocument":{"Statement":` + c.statement + `}}`
		if _, err := parseAuthorizerOutput([]byte(answer)); (err == nil) != c.fine {
			t.Errorf("%s: %v", answer, err)
		}
	}
}

func TestEveryVariableThatATemplateMayUseHasAValue(t *testing.T) {
	c := &call{}
	agent := "agent"
	c.context = requestContext{AccountID: "x", APIID: "x", DomainName: "x", ExtendedRequestID: "x", HTTPMethod: "x",
		Path: "x", Protocol: "x",
		RequestID: "x", RequestTime: "x", RequestTimeEpoch: 1, ResourcePath: "x", Stage: "x",
		Identity: identity{SourceIP: "x", UserAgent: &agent}}
	for name := range template.ContextVariables {
		if expand("$context."+name, c.variables(unauthorized)) == "" {
			t.Errorf("$context.%s is empty", name)
		}
	}
}
