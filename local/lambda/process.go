package lambda

import (
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"drawbridge/local/loopback"
)

// process is one execution environment: a child, its Runtime API server and its log.
type process struct {
	fn     *function
	binary Binary
	cmd    *exec.Cmd
	server *http.Server
	logs   *logs
	start  time.Time

	work  chan *invocation // holds one at most; the child's request for next takes it
	ready chan struct{}    // closed when the child first asks for next
	dead  chan struct{}    // closed when the child is reaped and its log read to the end

	idleSince time.Time // guarded by fn.mu, as is ended
	ended     bool      // the pool has been told that it is gone

	mu        sync.Mutex
	current   *invocation
	inited    bool
	init      time.Duration
	initError []byte // what the child posted to init/error
}

// spawn starts a process for inv. The log of the init belongs to inv.
func (f *function) spawn(binary Binary, inv *invocation) (*process, error) {
	listener, err := loopback.Listen(0)
	if err != nil {
		return nil, err
	}
	out, err := openLogs(f.Name, f.host.Log)
	if err != nil {
		listener.Close()
		return nil, err
	}
	out.attribute(inv)
	p := &process{
		fn: f, binary: binary, logs: out, start: time.Now(),
		work: make(chan *invocation, 1), ready: make(chan struct{}), dead: make(chan struct{}),
	}
	address := listener.Addr().String()
	p.cmd = &exec.Cmd{
		Path: binary.Path, Args: []string{binary.Path},
		Dir:    "/", // like /var/task on AWS: no function can write there
		Env:    f.environment(address, logStream(p.start, inv.id)),
		Stdout: out.pipe, Stderr: out.pipe,
		// A group of its own: Ctrl-C in the terminal is for the host, and one signal reaches the child's own children.
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true},
	}
	if err := run(p.cmd); err != nil {
		listener.Close()
		out.close()
		return nil, err
	}
	f.host.Reaper.Hold(p.cmd.Process.Pid)
	// Only now: a request for next signals the child; until then the kernel holds its connection.
	p.server = p.serve(listener)
	go p.wait()
	return p, nil
}

// wait reaps the child and cleans up after it.
func (p *process) wait() {
	_ = p.cmd.Wait()          // how it ended stands in ProcessState
	p.signal(syscall.SIGKILL) // what it may have started itself
	p.fn.host.Reaper.Release(p.cmd.Process.Pid)
	p.logs.close()
	close(p.dead)
	p.server.Close()
	p.fn.gone(p)
}

// signal reaches every process of the child's group.
func (p *process) signal(s syscall.Signal) {
	_ = syscall.Kill(-p.cmd.Process.Pid, s) // ESRCH: the group has ended already
}

// kill ends the child, frozen or not; dead closes soon after.
func (p *process) kill() { p.signal(syscall.SIGKILL) }

// handle gives inv to the child and waits for the outcome. It reports false if the child died without having seen the
// event, which may then be given to another.
func (p *process) handle(inv *invocation, cold bool) (Result, bool) {
	result := Result{RequestID: inv.id, Cold: cold}
	if cold && !p.awaitInit(inv, &result) {
		result.Logs = inv.logged()
		return result, true
	}
	late := time.NewTimer(p.fn.Timeout)
	defer late.Stop()
	overdue := false
	p.work <- inv
	select {
	case <-inv.done:
	case <-p.dead:
	case <-late.C:
		overdue = true
		p.kill()
		<-p.dead
	}

	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case inv.answer != nil:
		result.Payload = inv.answer.payload
		if inv.answer.failed {
			result.FunctionError = unhandled
		}
	case overdue:
		inv.ended = inv.started.Add(p.fn.Timeout)
		result.Payload, result.FunctionError = timedOut(inv.id, p.fn.Timeout), unhandled
	case !inv.delivered:
		return Result{}, false
	default:
		inv.ended = time.Now()
		result.Payload, result.FunctionError = exited(inv.id, p.cmd.ProcessState), unhandled
	}
	result.Duration = inv.ended.Sub(inv.started)
	result.Logs = inv.logged()
	return result, true
}

// awaitInit waits until a new child asks for its first event. If it never does, the result says why.
func (p *process) awaitInit(inv *invocation, result *Result) bool {
	limit := p.fn.host.Init
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case <-p.ready:
		result.Init = p.init // written before ready was closed
		return true
	case <-p.dead:
		p.mu.Lock()
		defer p.mu.Unlock()
		if result.Payload = p.initError; result.Payload == nil {
			result.Payload = exited(inv.id, p.cmd.ProcessState)
		}
	case <-late.C:
		p.kill()
		<-p.dead
		result.Payload = initTimedOut(inv.id, limit)
	}
	result.FunctionError, result.Init = unhandled, time.Since(p.start)
	return false
}

// logStream names the process's log stream as Lambda does: the day, the version, and 32 hexadecimal digits.
func logStream(start time.Time, id string) string {
	return start.UTC().Format("2006/01/02") + "/[$LATEST]" + strings.ReplaceAll(id, "-", "")
}
