package template_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"drawbridge/local/template"
)

// FuzzLoad: whatever the file says, Load answers with a stack or an error, and
// a stack has no route that is unguarded without the word NONE in the file.
func FuzzLoad(f *testing.F) {
	text, err := os.ReadFile("testdata/stack.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("Transform: AWS::Serverless-2016-10-31\nResources: !Ref x\n"))
	f.Add([]byte("Transform: AWS::Serverless-2016-10-31\nConditions: {A: !And [!If []]}\nOutputs: {A: {Value: !GetAtt " +
		"[]}}\n"))
	f.Add([]byte("Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: AWS::Serverless::Api, Properties: " +
		"{StageName: !Sub [], Cors: !If [], Auth: []}}}\n"))
	f.Add([]byte("Transform: AWS::Serverless-2016-10-31\nParameters: {A: {Type: Number, Default: []}}\nGlobals: " +
		"{Function: !Ref A}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "template.yaml")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		stack, err := template.Load(path, map[string]string{"Issuer": "https://issuer.example"})
		if (stack == nil) == (err == nil) {
			t.Fatalf("stack %v, error %v", stack, err)
		}
		if stack != nil && !strings.Contains(string(text), "NONE") {
			for _, route := range stack.Routes {
				if route.Authorizer == nil && route.Preflight == nil {
					t.Fatalf("%s %s is unguarded", route.Method, route.Path)
				}
			}
		}
	})
}
