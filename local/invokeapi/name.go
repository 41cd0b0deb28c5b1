package invokeapi

import "regexp"

// name is a function's name as the Invoke API takes it: the name alone, a partial ARN or an ARN, each perhaps with a
// version or an alias behind it. What was not given is empty.
type name struct {
	region, account, function, qualifier string
}

// namePattern is the API's own.
const namePattern = `(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`

var nameExpression = regexp.MustCompile(`^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:([a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d):)?(?:(\d{12}):)?(?:function:)?` +
	`([a-zA-Z0-9_.-]+)(?::(\$LATEST|[a-zA-Z0-9_-]+))?$`)

const (
	longestARN  = 170
	longestName = 64
)

func parseName(given string) (name, bool) {
	parts := nameExpression.FindStringSubmatch(given)
	if parts == nil || len(given) > longestARN || len(parts[3]) > longestName {
		return name{}, false
	}
	return name{region: parts[1], account: parts[2], function: parts[3], qualifier: parts[4]}, true
}
