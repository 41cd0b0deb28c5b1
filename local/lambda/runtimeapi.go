package lambda

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"drawbridge/local/loopback"
)

// The Runtime API, version 2018-06-01, as one process sees it.
const runtimePath = "/2018-06-01/runtime"

func (p *process) serve(listener net.Listener) *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+runtimePath+"/invocation/next", p.next)
	mux.HandleFunc("POST "+runtimePath+"/invocation/{id}/response", p.response)
	mux.HandleFunc("POST "+runtimePath+"/invocation/{id}/error", p.invocationError)
	mux.HandleFunc("POST "+runtimePath+"/init/error", p.initFailed)
	return loopback.Serve(listener, loopback.Programs, mux)
}

// next ends the init or the invocation in hand, freezes the child, waits for an event, thaws the child, and sends it.
func (p *process) next(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	done := p.current
	if done != nil && done.answer == nil {
		p.mu.Unlock()
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "the invocation in hand has not been answered")
		return
	}
	p.current = nil
	first := !p.inited
	if first {
		p.inited, p.init = true, time.Since(p.start)
	}
	p.mu.Unlock()

	p.signal(syscall.SIGSTOP)
	p.logs.drain()
	if first {
		close(p.ready)
	} else if done != nil {
		close(done.done)
	}

	select {
	case inv := <-p.work:
		p.deliver(w, inv)
	case <-p.dead:
	case <-r.Context().Done():
	}
}

func (p *process) deliver(w http.ResponseWriter, inv *invocation) {
	if syscall.Kill(p.cmd.Process.Pid, 0) != nil {
		return // it died while it was stopped, and its connection is still open: another process may have the event
	}
	p.logs.attribute(inv)
	p.mu.Lock()
	p.current, inv.delivered, inv.started = inv, true, time.Now()
	p.mu.Unlock()

	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.started.Add(p.fn.Timeout).UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", p.fn.arn())
	h.Set("Lambda-Runtime-Trace-Id", inv.trace)
	if inv.client != "" {
		h.Set("Lambda-Runtime-Client-Context", inv.client)
	}
	h.Set("Content-Length", strconv.Itoa(len(inv.payload)))
	p.signal(syscall.SIGCONT)
	_, _ = w.Write(inv.payload) // a child that died meanwhile is noticed by wait
}

func (p *process) response(w http.ResponseWriter, r *http.Request) {
	body, fits := readAll(w, r)
	switch {
	case body == nil:
		return
	case !fits:
		if p.answer(w, r, &posted{payload: tooLarge(), failed: true}) {
			refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "the response exceeds 6 MB")
		}
		return
	}
	a := &posted{payload: body}
	// A runtime that fails while it streams its answer says so in a trailer.
	if r.Trailer.Get("Lambda-Runtime-Function-Error-Type") != "" {
		a.failed = true
		if payload, err := base64.StdEncoding.DecodeString(r.Trailer.Get("Lambda-Runtime-Function-Error-Body")); err == nil {
			a.payload = payload
		}
	}
	if p.answer(w, r, a) {
		accept(w)
	}
}

func (p *process) invocationError(w http.ResponseWriter, r *http.Request) {
	body, fits := readAll(w, r)
	if body == nil {
		return
	}
	if !fits {
		body = tooLarge()
	}
	if p.answer(w, r, &posted{payload: body, failed: true}) {
		accept(w)
	}
}

// answer records the outcome of the invocation named in the path. It reports false if it has refused it.
func (p *process) answer(w http.ResponseWriter, r *http.Request, a *posted) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch inv := p.current; {
	case inv == nil || inv.id != r.PathValue("id"):
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "no such invocation is in hand")
		return false
	case inv.answer != nil:
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "the invocation has been answered")
		return false
	default:
		inv.answer, inv.ended = a, time.Now()
		return true
	}
}

func (p *process) initFailed(w http.ResponseWriter, r *http.Request) {
	body, _ := readAll(w, r)
	if body == nil {
		return
	}
	p.mu.Lock()
	inited := p.inited
	if !inited {
		p.initError = body
	}
	p.mu.Unlock()
	if inited {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "the init has ended")
		return
	}
	accept(w)
}

// readAll reads a whole body, of which it returns no more than the limit; nil, with the refusal written, if it breaks
// off.
func readAll(w http.ResponseWriter, r *http.Request) (body []byte, fits bool) {
	body, err := io.ReadAll(io.LimitReader(r.Body, responseLimit+1))
	if err == nil {
		// To the end: only then does a client read the answer, and only then are there trailers.
		_, err = io.Copy(io.Discard, r.Body)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "InvalidRequest", "the body broke off")
		return nil, false
	}
	return body, len(body) <= responseLimit
}

func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	fmt.Fprintln(w, `{"status":"OK"}`)
}

func refuse(w http.ResponseWriter, status int, errorType, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"errorType": errorType, "errorMessage": message})
}
