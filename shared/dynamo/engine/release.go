package engine

import "runtime"

// version is the Dynoxide release this project is tested against.
const version = "1.2.1"

// pinned holds the integrity (npm's SRI form) of each platform package that was examined when version was chosen. A
// platform that is not listed is fetched at the same version and checked against the integrity its registry states,
// which guards against damage but not against a registry that lies; locate says so then.
var pinned = map[string]string{
	"linux-x64": "sha512-sBHqlxJ9ANkLluFkYRfd5r8Y0ApFew4FhOrlhgRAgD4XzEoFOukEo1nuBTQ1+jTtofqwn4NWQ2k0Tn5mNTjgUg==",
}

// platform is this machine's name in npm's vocabulary ("linux-x64", "darwin-arm64").
func platform() string {
	system, processor := runtime.GOOS, runtime.GOARCH
	if system == "windows" {
		system = "win32"
	}
	if processor == "amd64" {
		processor = "x64"
	}
	return system + "-" + processor
}

// program is the name of the binary inside the package.
func program() string {
	if runtime.GOOS == "windows" {
		return "dynoxide.exe"
	}
	return "dynoxide"
}

// elsewhere is the way out when the package does not arrive.
const elsewhere = "Or put a dynoxide " + version + " on PATH, " +
	"or set AWS_ENDPOINT_URL_DYNAMODB to a DynamoDB that already runs."
