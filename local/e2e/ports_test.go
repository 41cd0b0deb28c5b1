package e2e

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"drawbridge/shared/testkit"
)

// Any web page that a person visits can send requests to this machine. Here are the requests that browsers send for
// one, to every port that the stack listens on, and those of a page whose own name was made to resolve to 127.0.0.1.
func TestNoPortAnswersAForeignPageOrAForeignHost(t *testing.T) {
	t.Parallel()
	s := shared
	if len(phoneFlags()) == 0 {
		t.Log("this machine is on no network: the phone's port is not tried")
	}
	s.balances(t, s.directLogin(t, alice)) // so that functions run, each with a port of its own
	ports := s.listeners(t)
	if len(ports) < 4+2*2 { // API, tenant, web app, tables; two functions with a Runtime API and tables of their own
		t.Fatalf("only %v: is this the whole system?", ports)
	}
	open := slices.DeleteFunc(slices.Clone(ports), hidden)
	if len(open) == len(ports) {
		t.Errorf("the engine of the tables is at none but 127.0.0.1: %v", ports)
	}
	for _, port := range open {
		answered := 0
		for name, attack := range attacks(port) {
			answer, err := sendRaw(port, attack)
			if err != nil {
				continue // it hung up, which is no answer
			}
			answered++
			if answer.StatusCode != http.StatusForbidden && answer.StatusCode != http.StatusMisdirectedRequest {
				t.Errorf("%v answers %s: %s", port, name, answer.Status)
			}
			for header := range answer.Header {
				if strings.HasPrefix(header, "Access-Control-") {
					t.Errorf("%v, %s: it gives %s", port, name, header)
				}
			}
		}
		if answered == 0 {
			t.Errorf("%v answers nothing at all: are these requests?", port)
		}
	}
	testkit.Together(len(open), func(i int) { closesWhatNeverEnds(t, open[i]) })
}

// phoneFlags open the phone's port too, where there is a network for it.
func phoneFlags() []string {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		panic(err)
	}
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
			return []string{"--expose-phone-to-network"}
		}
	}
	return nil
}

// hidden tells whether a listener is at an address that a page would have to find among millions.
func hidden(at netip.AddrPort) bool {
	return at.Addr().IsLoopback() && at.Addr() != netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

// attacks are the requests that a browser sends to a port on behalf of foreign pages, by name.
func attacks(at netip.AddrPort) map[string]string {
	own, foreign := fmt.Sprintf("localhost:%d", at.Port()), fmt.Sprintf("bank.evil.example:%d", at.Port())
	if at.Addr().IsUnspecified() { // the phone's, which is named by the address it is reached at
		own = dialled(at)
	}
	const body, post = `{"TableName":"CustomersTable"}`, "Content-Length: 30"
	request := func(line, host string, headers ...string) string {
		return line + " HTTP/1.1\r\nHost: " + host + "\r\n" + strings.Join(append(headers, "", ""), "\r\n")
	}
	evil := "Origin: https://evil.example"
	cross := "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: "
	scan := "X-Amz-Target: DynamoDB_20120810.Scan\r\nContent-Type: application/x-amz-json-1.0\r\nAuthorization: " +
		"AWS4-HMAC-SHA256 Credential=a/20261122/eu-central-1/dynamodb/aws4_request\r\n" + post
	invoke := "POST /2015-03-31/functions/AdminFunction/invocations"
	return map[string]string{
		"a preflight": request("OPTIONS /", own, evil, "Access-Control-Request-Method: POST",
			"Access-Control-Request-Headers: authorization,x-amz-target"),
		"a preflight of a route": request("OPTIONS /transfer", own, evil, cross+"cors",
			"Access-Control-Request-Method: POST"),
		"a preflight of an invocation": request("OPTIONS /2015-03-31/functions/AdminFunction/invocations", own, evil,
			"Access-Control-Request-Method: POST"),
		"a preflight of the token":     request("OPTIONS /oauth/token", own, evil, "Access-Control-Request-Method: POST"),
		"a script that reads":          request("GET /", own, evil, cross+"cors"),
		"a script that reads the keys": request("GET /.well-known/jwks.json", own, evil, cross+"cors"),
		"a script of a local page": request("GET /", own, "Origin: http://localhost:1",
			"Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: cors"),
		"a script that scans":          request("POST /", own, evil, scan) + body,
		"a script that needs no leave": request("POST /", own, evil, "Content-Type: text/plain", post) + body,
		"a form": request("POST /", own, "Origin: null", cross+"navigate",
			"Content-Type: application/x-www-form-urlencoded", post) + body,
		"a form at the phone":         request("POST /phone/approve", own, evil, cross+"navigate", post) + body,
		"an invocation":               request(invoke, own, evil, post) + body,
		"an image":                    request("GET /", own, cross+"no-cors"),
		"an image of the Runtime API": request("GET /2018-06-01/runtime/invocation/next", own, cross+"no-cors"),
		"a script file":               request("GET /_tenant/actions", own, cross+"no-cors"),
		"the console's events":        request("GET /_drawbridge/events", own, evil, cross+"cors"),
		"a rebound name":              request("GET /", foreign, "Sec-Fetch-Site: same-origin"),
		"a rebound name that scans": request("POST /", foreign, "Origin: http://"+foreign, "Sec-Fetch-Site: same-origin",
			scan) + body,
		"a rebound name without a port": request("GET /", "bank.evil.example"),
		"another port's name":           request("GET /", fmt.Sprintf("localhost:%d", at.Port()+1)),
		"a dot":                         request("GET /", "."),
		"a rebound invocation":          request(invoke, foreign, "Origin: http://"+foreign, post) + body,
	}
}

// sendRaw sends bytes to a port and reads the answer to them.
func sendRaw(at netip.AddrPort, bytes string) (*http.Response, error) {
	connection, err := net.DialTimeout("tcp", dialled(at), time.Second)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(3 * time.Second))
	if _, err := io.WriteString(connection, bytes); err != nil {
		return nil, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err == nil {
		_, err = io.Copy(io.Discard, answer.Body)
	}
	return answer, err
}

func closesWhatNeverEnds(t *testing.T, at netip.AddrPort) {
	connection, err := net.DialTimeout("tcp", dialled(at), time.Second)
	if err != nil {
		t.Errorf("%v: %v", at, err)
		return
	}
	defer connection.Close()
	_, _ = io.WriteString(connection,
		"POST /login HTTP/1.1\r\nHost: "+at.String()+"\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
	_ = connection.SetReadDeadline(time.Now().Add(15 * time.Second))
	if _, err := io.Copy(io.Discard, connection); os.IsTimeout(err) {
		t.Errorf("%v keeps a body open that never ends", at)
	}
}

// dialled is where a listener is reached: one at every address is at this one too.
func dialled(at netip.AddrPort) string {
	if at.Addr().IsUnspecified() {
		return fmt.Sprintf("127.0.0.1:%d", at.Port())
	}
	return at.String()
}

// listeners are the addresses at which the runner and its children listen, as Linux tells them.
func (s *system) listeners(t *testing.T) (list []netip.AddrPort) {
	t.Helper()
	text, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		t.Skip("which ports a process listens on is read from /proc, which only Linux has:", err)
	}
	owned := map[string]bool{}
	for _, pid := range append(descendants(t, s.process.Process.Pid), s.process.Process.Pid) {
		files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
		for _, file := range files {
			if target, err := os.Readlink(file); err == nil {
				owned[target] = true
			}
		}
	}
	for line := range strings.Lines(string(text)) {
		const listening = "0A"
		fields := strings.Fields(line)
		if len(fields) < 10 || fields[3] != listening || !owned["socket:["+fields[9]+"]"] {
			continue
		}
		address, port, _ := strings.Cut(fields[1], ":")
		b, err := hex.DecodeString(address + port)
		if err != nil || len(b) != 6 {
			t.Fatalf("%q: %v", fields[1], err)
		}
		slices.Reverse(b[:4]) // in the processor's order
		list = append(list, netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[:4])), binary.BigEndian.Uint16(b[4:])))
	}
	return list
}
