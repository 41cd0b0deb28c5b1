package invokeapi

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

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

// function is the name of the function that the request's path and Qualifier are about.
func (h *Handler) function(r *http.Request) (string, *fault) {
	rest, before := strings.CutPrefix(r.URL.EscapedPath(), Prefix+"functions/")
	escaped, after := strings.CutSuffix(rest, "/invocations")
	given, err := url.PathUnescape(escaped)
	if !before || !after || err != nil || r.Method != http.MethodPost {
		return "", unknownOperation(r.Method, r.URL.Path)
	}
	n, ok := parseName(given)
	if !ok {
		return "", invalid("functionName", given, "Member must satisfy regular expression pattern: "+namePattern)
	}
	qualifier := r.URL.Query().Get("Qualifier")
	switch {
	case qualifier != "" && !qualifierExpression.MatchString(qualifier):
		return "", invalid("qualifier", qualifier, "Member must satisfy regular expression pattern: "+qualifierPattern)
	case n.qualifier != "" && qualifier != "" && n.qualifier != qualifier:
		return "", newFault(http.StatusBadRequest, "InvalidParameterValueException",
			"The derived qualifier from the function name does not match the specified qualifier.")
	case n.qualifier == "":
		n.qualifier = cmp.Or(qualifier, latest)
	}
	if !slices.Contains(h.config.Functions, n.function) || n.region != "" && n.region != h.config.Region ||
		n.account != "" && n.account != h.config.AccountID || n.qualifier != latest {
		return "", h.notFound(n)
	}
	return n.function, nil
}
