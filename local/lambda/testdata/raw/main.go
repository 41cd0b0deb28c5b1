// Raw speaks the Runtime API by hand, in ways that aws-lambda-go does not.
package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

var base = "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/"

func main() {
	switch os.Getenv("MODE") {
	case "init exit":
		fmt.Println("TOKEN_ISSUERS is missing")
		os.Exit(1)
	case "init exit 0":
		os.Exit(0)
	case "init overrun":
		time.Sleep(time.Minute)
	case "init error":
		post("init/error", `{"errorType":"Runtime.NoHandler","errorMessage":"bootstrap has no handler"}`)
		os.Exit(1)
	case "answer twice":
		id := next()
		post("invocation/"+id+"/response", `"first"`)
		fmt.Println("second answer:", post("invocation/"+id+"/response", `"second"`))
		fmt.Println("other id:", post("invocation/other/response", `"third"`))
		next()
	case "next without an answer":
		id := next()
		fmt.Println("next:", get("invocation/next").StatusCode)
		post("invocation/"+id+"/response", `"answered"`)
		next()
	case "dies after its answer":
		post("invocation/"+next()+"/response", `"answered"`)
		os.Exit(3)
	case "a large error":
		post("invocation/"+next()+"/error", `{"errorType":"E","errorMessage":"`+strings.Repeat("x", 6<<20+100)+`"}`)
		next()
	case "init error too late":
		id := next()
		status := post("init/error", `{"errorType":"Runtime.Late"}`)
		post("invocation/"+id+"/response", fmt.Sprint(status))
		next()
	case "breaks off":
		id := next()
		connection, err := net.Dial("tcp", os.Getenv("AWS_LAMBDA_RUNTIME_API"))
		if err != nil {
			os.Exit(5)
		}
		fmt.Fprintf(connection, "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: %s\r\n"+
			"Content-Length: 100\r\n\r\n\"half", id, os.Getenv("AWS_LAMBDA_RUNTIME_API"))
		connection.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, connection)
		connection.Close()
		post("invocation/"+id+"/response", `"whole"`)
		next()
	case "fails in its trailer":
		body := io.MultiReader(strings.NewReader("x")) // of unknown length, which a trailer needs
		r, _ := http.NewRequest(http.MethodPost, base+"invocation/"+next()+"/response", body)
		failure := `{"errorType":"Runtime.StreamError","errorMessage":"the source is gone"}`
		r.Trailer = http.Header{
			"Lambda-Runtime-Function-Error-Type": {"Runtime.StreamError"},
			"Lambda-Runtime-Function-Error-Body": {base64.StdEncoding.EncodeToString([]byte(failure))},
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			os.Exit(6)
		}
		resp.Body.Close()
		next()
	case "another host":
		r, _ := http.NewRequest(http.MethodGet, base+"invocation/next", nil)
		r.Host = "attacker.example"
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			os.Exit(4)
		}
		post("invocation/"+next()+"/response", fmt.Sprint(resp.StatusCode))
		next()
	}
}

func next() string { return get("invocation/next").Header.Get("Lambda-Runtime-Aws-Request-Id") }

func get(path string) *http.Response {
	resp, err := http.Get(base + path)
	if err != nil {
		os.Exit(2)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	return resp
}

func post(path, body string) int {
	resp, err := http.Post(base+path, "application/json", strings.NewReader(body))
	if err != nil {
		os.Exit(2)
	}
	resp.Body.Close()
	return resp.StatusCode
}
