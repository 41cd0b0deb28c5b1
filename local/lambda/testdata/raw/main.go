// Raw speaks the Runtime API by hand, in ways that aws-lambda-go does not.
package main

import (
	"fmt"
	"io"
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
