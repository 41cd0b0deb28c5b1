package invokeapi

import "regexp"

// name is a function's name as the Invoke API takes it: the name alone, a partial ARN or an ARN, each perhaps with a
// version or an alias behind it. What was not given is empty.
type name struct {
	region, account, function, qualifier string
}

// The API's own patterns, for its messages.
const (
	namePattern = `(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?` +
		`(\d{12}:)?(function:)?` +
		`([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`
	qualifierPattern = `\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+`
)

var (
	nameExpression = regexp.MustCompile(`^(?:arn:aws[a-zA-Z-]*:lambda:)?` +
		`(?:((?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d):)?` +
		`(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9_.-]+)(?::(\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9_-]+))?$`)
	qualifierExpression = regexp.MustCompile(`^(?:\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9_$-]+)$`)
)

const longestARN = 170

func parseName(given string) (name, bool) {
	parts := nameExpression.FindStringSubmatch(given)
	if parts == nil || len(given) > longestARN {
		return name{}, false
	}
	return name{region: parts[1], account: parts[2], function: parts[3], qualifier: parts[4]}, true
}
