package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"encoding/pem"
	"io"
	"math"
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

	"drawbridge/shared/token/tokentest"

	"github.com/aws/aws-lambda-go/events"
)

// A real event, as the API's regional endpoint behind a browser sends it.
//
//go:embed testdata/event.json
var gatewayEvent string

// compactEvent is the event with a token, as API Gateway writes it: without white space.
func compactEvent(b *testing.B, raw string) []byte {
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(strings.ReplaceAll(gatewayEvent, "TOKEN", raw))); err != nil {
		b.Fatal(err)
	}
	return compact.Bytes()
}

// BenchmarkEvent compares reading the event with decoding it into aws-lambda-go's type.
func BenchmarkEvent(b *testing.B) {
	payload := compactEvent(b, tokentest.NewIssuer(b).AccessToken())
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := decodeEvent(payload); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("events", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var e events.APIGatewayCustomAuthorizerRequestTypeRequest
			if err := json.Unmarshal(payload, &e); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkInvoke is a whole decision in this process, for a token never seen and for one seen before.
func BenchmarkInvoke(b *testing.B) {
	authorizer := open(b)
	authorizer.record.out = io.Discard
	payloads := make([][]byte, 300)
	for i := range payloads {
		payloads[i] = compactEvent(b, authorizer.issuer.AccessToken())
	}
	for name, few := range map[string]int{"new": 300, "again": 1} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := authorizer.Invoke(b.Context(), payloads[i%few]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkProcess starts the real binaries, feeds them over the Runtime API, and reports what each costs: CPU of a warm
// invocation (each token new), and the time from process start to the first answer, keys fetched over TLS. hello is
// the floor, plain is golang-jwt with keyfunc (testdata). The rounds take turns; each figure is the best of them.
func BenchmarkProcess(b *testing.B) {
	const warm = 2000
	f := newFleet(b)
	names := []string{"hello", "plain", "authorizer"}
	cpu, cold := make(map[string]float64), make(map[string]float64)
	for _, name := range names {
		cpu[name], cold[name] = math.Inf(1), math.Inf(1)
	}
	for b.Loop() {
		for _, name := range names {
			long := f.run(b, name, warm)
			short := f.run(b, name, 1)
			cpu[name] = min(cpu[name], float64((long.cpu-short.cpu).Microseconds())/(warm-1))
			cold[name] = min(cold[name], short.first.Seconds()*1000)
		}
	}
	b.ReportMetric(0, "ns/op")
	for _, name := range names {
		b.ReportMetric(cpu[name], name+"_warm_cpu_us")
		b.ReportMetric(cold[name], name+"_cold_ms")
	}
	b.ReportMetric(cpu["authorizer"]/cpu["plain"], "warm_x_plain")
	b.ReportMetric(cold["authorizer"]/cold["hello"], "cold_x_hello")
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
	keys := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, issuer.JWKS()) }))
	b.Cleanup(keys.Close)
	f := &fleet{folder: b.TempDir()}
	certificate := filepath.Join(b.TempDir(), "ca.pem")
	if err := os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: keys.Certificate().Raw}), 0o600); err != nil {
		b.Fatal(err)
	}
	for name, folder := range map[string]string{"hello": "./testdata/hello", "plain": "./testdata/plain", "authorizer": "."} {
		build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-tags", "lambda.norpc", "-o", filepath.Join(f.folder, name), folder)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
	f.environ = []string{
		"SSL_CERT_FILE=" + certificate, "SSL_CERT_DIR=" + filepath.Dir(certificate), // and not the machine's hundred others
		"TOKEN_ISSUER=" + issuer.URL, "TOKEN_AUDIENCE=" + tokentest.Audience, "TOKEN_DIALECT=rfc9068",
		"TOKEN_JWKS_URL=" + keys.URL + "/jwks.json", "SESSIONS_TABLE=sessions", "KEY_SETS_TABLE=key-sets",
		"AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x", "AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:1",
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
func (f *fleet) run(b *testing.B, name string, count int) cost {
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
			if name != "hello" && !bytes.Contains(answer, []byte(`"Allow"`)) {
				b.Errorf("%s answered %s", name, answer)
			}
			served++
			w.WriteHeader(http.StatusAccepted)
		}
	}))
	defer api.Close()
	process := exec.Command(filepath.Join(f.folder, name))
	process.Env = slices.Concat(f.environ, []string{"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(api.URL, "http://")})
	var stderr bytes.Buffer
	process.Stderr = &stderr
	start = time.Now()
	if err := process.Start(); err != nil {
		b.Fatal(err)
	}
	select {
	case <-done:
	case <-time.After(time.Minute):
		b.Errorf("%s did not end: %s", name, stderr.String())
	}
	_ = process.Process.Kill()
	_ = process.Wait()
	c.cpu = process.ProcessState.UserTime() + process.ProcessState.SystemTime()
	return c
}
