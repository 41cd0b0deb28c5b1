package main

import (
	"bytes"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/testkit"
	"drawbridge/shared/token/tokentest"
)

// subject is a program that is measured.
type subject struct {
	name, binary string
	settings     []string // of its Go runtime
}

// hello is the floor, plain is golang-jwt with keyfunc (testdata). The authorizer sets its own Go runtime to one
// processor and a larger heap (main.go): plain_tuned shows what that alone does for plain.
var subjects = []subject{
	{name: "hello", binary: "hello"},
	{name: "plain", binary: "plain"},
	{name: "plain_tuned", binary: "plain", settings: []string{"GOMAXPROCS=1", "GOGC=400"}},
	{name: "authorizer", binary: "authorizer"},
}

// BenchmarkProcess measures real processes over the Runtime API as Lambda speaks it: the CPU time of a warm invocation
// with a token not seen before, and the time from process start to the first answer, keys fetched over TLS. The
// subjects take turns, and a ratio is the median of those within the turns: neighbours in time meet the same machine.
func BenchmarkProcess(b *testing.B) {
	const turns, starts, warm = 20, 5, 500
	f := newFleet(b)
	cpu, cold := make(map[string][]float64), make(map[string][]float64)
	for b.Loop() {
		for range turns {
			starting := make(map[string]time.Duration)
			for range starts {
				for _, s := range subjects {
					short := f.run(b, s, 1)
					cold[s.name] = append(cold[s.name], float64(short.first.Microseconds())/1000)
					starting[s.name] += short.cpu / starts
				}
			}
			for _, s := range subjects {
				long := f.run(b, s, warm)
				cpu[s.name] = append(cpu[s.name], float64((long.cpu-starting[s.name]).Microseconds())/(warm-1))
			}
		}
	}
	b.ReportMetric(0, "ns/op")
	for _, s := range subjects {
		b.ReportMetric(median(cpu[s.name]), s.name+"_warm_cpu_us")
		b.ReportMetric(median(cold[s.name]), s.name+"_cold_ms")
		b.ReportMetric(medianRatio(cpu[s.name], cpu["plain"]), s.name+"_warm_x_plain")
		b.ReportMetric(medianRatio(cold[s.name], cold["hello"]), s.name+"_cold_x_hello")
	}
}

func medianRatio(of, to []float64) float64 {
	ratios := make([]float64, len(of))
	for i := range of {
		ratios[i] = of[i] / to[i]
	}
	return median(ratios)
}

func median(values []float64) float64 {
	return slices.Sorted(slices.Values(values))[len(values)/2]
}

// fleet is the binaries, the issuer they trust over TLS, and the events.
type fleet struct {
	folder   string
	environ  []string
	payloads [][]byte
}

func newFleet(b *testing.B) *fleet {
	b.Helper()
	issuer := tokentest.NewIssuer(b)
	keys := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, issuer.JWKS())
	}))
	b.Cleanup(keys.Close)
	f := &fleet{folder: b.TempDir()}
	certificate := filepath.Join(b.TempDir(), "ca.pem")
	if err := os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE",
		Bytes: keys.Certificate().Raw}), 0o600); err != nil {
		b.Fatal(err)
	}
	for name, folder := range map[string]string{"hello": "./testdata/hello", "plain": "./testdata/plain",
		"authorizer": "."} {
		build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-tags", "lambda.norpc", "-o",
			filepath.Join(f.folder, name), folder)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
	f.environ = []string{
		"SSL_CERT_FILE=" + certificate, "SSL_CERT_DIR=" + filepath.Dir(certificate),
		// and not the machine's hundred others
		"TOKEN_ISSUERS=" + issuer.URL + ";jwks=" + keys.URL + "/jwks.json", "TOKEN_ISSUER=" + issuer.URL,
		"TOKEN_JWKS_URL=" + keys.URL + "/jwks.json", "TOKEN_AUDIENCE=" + tokentest.Audience, "SESSIONS_TABLE=sessions",
		"KEY_SETS_TABLE=key-sets",
		"AUTHORIZER_CACHE_SECONDS=0", "METRICS_NAMESPACE=bench", "DPOP=allowed",
		"DPOP_SECRET=" + strings.Repeat("s", 43),
		"AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x",
		"AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:1",
		"AWS_LAMBDA_FUNCTION_NAME=x", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256", "AWS_LAMBDA_FUNCTION_VERSION=1",
	}
	for range 300 {
		f.payloads = append(f.payloads, compactEvent(b, issuer.AccessToken()))
	}
	return f
}

type cost struct {
	cpu   time.Duration // of the whole life of the process
	first time.Duration // from its start to its first answer
}

// run is the life of one process: count invocations over the Runtime API, then its end.
func (f *fleet) run(b *testing.B, s subject, count int) cost {
	b.Helper()
	var c cost
	var start time.Time
	done := make(chan struct{})
	served := 0
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodGet && served < count:
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", strconv.Itoa(served))
			w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(time.Minute).UnixMilli(), 10))
			w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn")
			_, _ = w.Write(f.payloads[served%len(f.payloads)])
		case r.Method == http.MethodGet:
			close(done)
			<-r.Context().Done()
		default:
			answer, _ := io.ReadAll(r.Body)
			if served == 0 {
				c.first = time.Since(start)
			}
			if s.binary != "hello" && !bytes.Contains(answer, []byte(`"Allow"`)) {
				b.Errorf("%s answered %s", s.name, answer)
			}
			served++
			w.WriteHeader(http.StatusAccepted)
		}
	}))
	defer api.Close()
	process := exec.Command(filepath.Join(f.folder, s.binary))
	process.Env = slices.Concat(f.environ, s.settings, []string{"AWS_LAMBDA_RUNTIME_API=" +
		strings.TrimPrefix(api.URL, "http://")})
	var stderr bytes.Buffer
	process.Stderr = &stderr
	start = time.Now()
	testkit.Must(b, process.Start())
	select {
	case <-done:
	case <-time.After(time.Minute):
		b.Errorf("%s did not end: %s", s.name, stderr.String())
	}
	_ = process.Process.Kill()
	_ = process.Wait()
	c.cpu = process.ProcessState.UserTime() + process.ProcessState.SystemTime()
	return c
}
