package main

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/access"
	"drawbridge/shared/dynamo/dynamotest"
	"drawbridge/shared/identity"
	"drawbridge/shared/rest"
	"drawbridge/shared/rest/resttest"
	"drawbridge/shared/session"
)

const alice, bob = "1000000001", "1000000002"

type world struct {
	sessions *session.Store
	route    rest.Handler
	log      bytes.Buffer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := dynamotest.New(t)
	sessions := session.New(session.Config{Client: db.Client, Table: db.Tables["SessionsTable"]})
	w := &world{sessions: sessions}
	w.route = New(sessions, slog.New(slog.NewJSONHandler(&w.log, nil)), time.Now)
	return w
}

func (w *world) login(t *testing.T, customerID string) session.Draft {
	t.Helper()
	draft, err := w.sessions.Issue(t.Context(), customerID)
	if err != nil {
		t.Fatal(err)
	}
	return draft
}

// principal is what the authorizer makes of a code.
func principal(s session.Session) access.Principal {
	return access.Principal{
		Kind: access.KindSession, Subject: identity.Subject("customer|" + s.CustomerID), CustomerID: s.CustomerID,
		TokenID: s.ID, ExpiresAt: s.ExpiresAt,
		Scopes: []string{access.ScopeViewBalance},
	}
}

func (w *world) logout(t *testing.T, caller access.Principal, body string) resttest.Answer {
	t.Helper()
	return resttest.Do(t, w.route,
		resttest.Call{Method: "POST", Path: "/logout", Principal: caller, Body: body, SourceIP: "192.0.2.1"})
}

func (w *world) dead(t *testing.T, code string) bool {
	t.Helper()
	_, err := w.sessions.Verify(t.Context(), code)
	if err != nil && !errors.Is(err, session.ErrInvalid) {
		t.Fatal(err)
	}
	return err != nil
}

func TestLoggingOutKillsTheCodeAtOnceAndNoOther(t *testing.T) {
	w := newWorld(t)
	mine, other, bobs := w.login(t, alice), w.login(t, alice), w.login(t, bob)
	w.logout(t, principal(mine.Session), "").Want(t, 204, "")
	if !w.dead(t, mine.Code) || w.dead(t, other.Code) || w.dead(t, bobs.Code) {
		t.Error("the wrong codes are dead")
	}
}

func TestLoggingOutEverywhereKillsAllOfTheCustomersCodes(t *testing.T) {
	w := newWorld(t)
	mine, other, bobs := w.login(t, alice), w.login(t, alice), w.login(t, bob)
	w.logout(t, principal(mine.Session), `{"everywhere":true}`).Want(t, 204, "")
	if !w.dead(t, mine.Code) || !w.dead(t, other.Code) || w.dead(t, bobs.Code) {
		t.Error("the wrong codes are dead")
	}
}

func TestLoggingOutTwiceIsNoError(t *testing.T) {
	w := newWorld(t)
	mine := w.login(t, alice)
	for range 2 { // the second within the authorizer's cache
		w.logout(t, principal(mine.Session), "").Want(t, 204, "")
	}
}

func TestAnAuth0TokenIsNotOursToEnd(t *testing.T) {
	w := newWorld(t)
	caller := principal(w.login(t, alice).Session)
	caller.Kind, caller.Subject, caller.CustomerID = access.KindUser, "auth0|alice", ""
	if answer := w.logout(t, caller, ""); answer.Status != 403 {
		t.Errorf("got %d", answer.Status)
	}
}

func TestABodyThatIsNotUnderstoodEndsNothing(t *testing.T) {
	w := newWorld(t)
	mine := w.login(t, alice)
	for _, body := range []string{`{"everywhere":"yes"}`, `{"everyone":true}`, `[]`, `{"everywhere":true`} {
		w.logout(t, principal(mine.Session), body).Want(t, 400, "invalid_request")
	}
	if w.dead(t, mine.Code) {
		t.Error("the code is dead")
	}
}

func TestTheRecordNamesTheSessionAndHoldsNoCode(t *testing.T) {
	w := newWorld(t)
	mine := w.login(t, alice)
	w.logout(t, principal(mine.Session), "")
	for _, part := range []string{`"event":"session_revoked"`, `"customer_id":"` + alice, `"session":"` +
		mine.Session.ID[:16] + `"`, `"ip":"192.0.2.1"`} {
		if !strings.Contains(w.log.String(), part) {
			t.Errorf("%s is not in %s", part, w.log.String())
		}
	}
	if strings.Contains(w.log.String(), mine.Code) || strings.Contains(w.log.String(), mine.Session.ID) {
		t.Error("the log holds the code, or more of its hash than it needs")
	}
}
