package template_test

import (
	"path/filepath"
	"strings"
	"testing"

	"drawbridge/local/template"
	"drawbridge/shared/testkit"
)

// FuzzLoad: whatever the file says, Load answers with a stack or an error, and a stack has no route that is unguarded
// without the word NONE in the file.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(testkit.Read(f, "testdata/stack.yaml")))
	for _, text := range []string{
		"Resources: !Ref x\n", "Conditions: {A: !And [!If []]}\nOutputs: {A: {Value: !GetAtt []}}\n",
		"Resources: {A: {Type: AWS::Serverless::Api, Properties: {StageName: !Sub [], Cors: !If [], Auth: []}}}\n",
		"Parameters: {A: {Type: Number, Default: []}}\nGlobals: {Function: !Ref A}\n",
	} {
		f.Add([]byte("Transform: AWS::Serverless-2016-10-31\n" + text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "template.yaml")
		testkit.Write(t, path, string(text))
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
