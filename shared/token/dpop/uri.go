package dpop

import (
	"strings"
)

// checkURI compares htu with the URIs by which this request can have come: API Gateway's own address for it, and the
// same path below each base.
func (v *Verifier) checkURI(htu string, r Request) error {
	claimed, ok := normalized(htu)
	if !ok {
		return refuse(URIMalformed)
	}
	for _, base := range v.bases {
		if requested, ok := normalized(base + r.Path); ok && claimed == requested {
			return nil
		}
	}
	if requested, ok := normalized("https://" + r.Domain + r.ContextPath); ok && claimed == requested {
		return nil
	}
	return refuse(WrongURI)
}

// normalized writes an http or https URI without query and fragment in the form in which two spellings of one resource
// are equal (RFC 3986 sections 6.2.2.1, 6.2.2.2 and 6.2.3): scheme and host in lower case, no default port, the digits
// of percent-encodings in upper case, unreserved characters unencoded. Dot segments stay: a client resolves them before
// it signs and sends. ok is false for another scheme, user information, and characters that no URI has.
func normalized(uri string) (text string, ok bool) {
	if end := strings.IndexAny(uri, "?#"); end >= 0 {
		uri = uri[:end]
	}
	scheme, rest, _ := strings.Cut(uri, "://")
	host, path := rest, "/"
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		host, path = rest[:slash], rest[slash:]
	}
	scheme, host = strings.ToLower(scheme), strings.ToLower(host)
	switch scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	default:
		return "", false
	}
	host = strings.TrimSuffix(host, ":")
	if path, ok = normalizedPath(path); !ok || host == "" || strings.ContainsFunc(host, notInHost) {
		return "", false
	}
	return scheme + "://" + host + path, true
}

// notInHost refuses what would end a host elsewhere for another reader: @ above all.
func notInHost(c rune) bool {
	return !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.ContainsRune("-._[]:", c))
}

func normalizedPath(path string) (string, bool) {
	if strings.ContainsFunc(path, invisible) {
		return "", false
	}
	if strings.IndexByte(path, '%') < 0 {
		return path, true
	}
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] != '%' {
			b.WriteByte(path[i])
			continue
		}
		if len(path)-i < 3 {
			return "", false
		}
		high, low := digit(path[i+1]), digit(path[i+2])
		if high < 0 || low < 0 {
			return "", false
		}
		if c := byte(high<<4 | low); unreserved(c) {
			b.WriteByte(c)
		} else {
			b.WriteString(strings.ToUpper(path[i : i+3]))
		}
		i += 2
	}
	return b.String(), true
}

// digit is the value of a hexadecimal digit, and negative for another character.
func digit(c byte) int {
	if 'A' <= c && c <= 'F' {
		c += 'a' - 'A'
	}
	return strings.IndexByte("0123456789abcdef", c)
}

// unreserved characters mean the same encoded or not (RFC 3986 section 2.3).
func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
