package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/rest"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/session"
	"drawbridge/shared/testkit"
)

// world is the route, with a session of alice's that calls it, another of hers, and one of bob's.
type world struct {
	sessions          *session.Store
	route             rest.Handler
	log               testkit.Log
	mine, other, bobs session.Draft
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := dynamotest.New(t)
	w := &world{sessions: session.New(session.Config{Client: db.Client, Table: db.Tables["SessionsTable"]})}
	w.route = New(w.sessions, w.log.Logger(), time.Now)
	for id, drafts := range map[string][]*session.Draft{"1000000001": {&w.mine, &w.other}, "1000000002": {&w.bobs}} {
		for _, draft := range drafts {
			var err error
			*draft, err = w.sessions.Issue(t.Context(), id)
			testkit.Must(t, err)
		}
	}
	return w
}

// caller is what the authorizer makes of the first code.
func (w *world) caller() access.Principal {
	p := resttest.Session(w.mine.Session.CustomerID)
	p.TokenID, p.ExpiresAt = w.mine.Session.ID, w.mine.Session.ExpiresAt
	return p
}

func (w *world) logout(t *testing.T, caller access.Principal, body string) resttest.Answer {
	t.Helper()
	return resttest.Do(t, w.route,
		resttest.Call{Method: "POST", Path: "/logout", Principal: caller, Body: body, SourceIP: "192.0.2.1"})
}

// dead fails the test unless these of the codes are dead, and no others.
func (w *world) dead(t *testing.T, mine, other, bobs bool) {
	t.Helper()
	for code, want := range map[string]bool{w.mine.Code: mine, w.other.Code: other, w.bobs.Code: bobs} {
		_, err := w.sessions.Verify(t.Context(), code)
		if err != nil && !errors.Is(err, session.ErrInvalid) || (err != nil) != want {
			t.Errorf("a code: %v, want it dead: %t", err, want)
		}
	}
}

func TestLoggingOutKillsTheCodeAtOnceAndNoOther(t *testing.T) {
	w := newWorld(t)
	for range 2 { // the second within the authorizer's cache
		w.logout(t, w.caller(), "").Want(t, 204, "")
		w.dead(t, true, false, false)
	}
}

func TestLoggingOutEverywhereKillsAllOfTheCustomersCodes(t *testing.T) {
	w := newWorld(t)
	w.logout(t, w.caller(), `{"everywhere":true}`).Want(t, 204, "")
	w.dead(t, true, true, false)
}

func TestAnAuth0TokenIsNotOursToEnd(t *testing.T) {
	w := newWorld(t)
	caller := w.caller()
	caller.Kind, caller.Subject, caller.CustomerID = access.KindUser, "auth0|alice", ""
	w.logout(t, caller, "").Want(t, 403, "insufficient_scope")
	w.dead(t, false, false, false)
}

func TestABodyThatIsNotUnderstoodEndsNothing(t *testing.T) {
	w := newWorld(t)
	for _, body := range []string{`{"everywhere":"yes"}`, `{"everyone":true}`, `[]`, `{"everywhere":true`} {
		w.logout(t, w.caller(), body).Want(t, 400, "invalid_request")
	}
	w.dead(t, false, false, false)
}

func TestTheRecordNamesTheSessionAndHoldsNoCode(t *testing.T) {
	w := newWorld(t)
	w.logout(t, w.caller(), "")
	record := w.log.Last(t)
	for name, want := range map[string]any{
		"event": "session_revoked", "customer_id": "1000000001", "session": w.mine.Session.ID[:16], "ip": "192.0.2.1",
	} {
		if record[name] != want {
			t.Errorf("%s is %v, want %v", name, record[name], want)
		}
	}
	if log := w.log.String(); strings.Contains(log, w.mine.Code) || strings.Contains(log, w.mine.Session.ID) {
		t.Error("the log holds the code, or more of its hash than it needs")
	}
}
