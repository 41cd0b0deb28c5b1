package env

import (
	"net"
	"net/url"
	"strings"
)

// OptionalURL returns an absolute URL without user, query or fragment; nothing if the variable is empty or missing. It
// must be https; plain http is taken only for a loopback host, where the local stack runs and nobody sits in between.
func (r *Reader) OptionalURL(name string) string {
	value := r.Optional(name)
	if value != "" {
		r.checkURL(name, value)
	}
	return value
}

// Origin returns a web origin as a browser sends it (RFC 6454): scheme, host and port, with no path and no
// trailing slash, since it is compared to the letter.
func (r *Reader) Origin(name string) string {
	value := r.String(name)
	if value == "" {
		return ""
	}
	if u := r.checkURL(name, value); u != nil && (u.Path != "" || value != strings.ToLower(value)) {
		r.Refuse(name, "must be an origin, as https://bank.example: lower case, no path, no trailing slash")
	}
	return value
}

func (r *Reader) checkURL(name, value string) *url.URL {
	if problem := CheckURL(value); problem != "" {
		r.Refuse(name, problem)
		return nil
	}
	u, _ := url.Parse(value)
	return u
}

// CheckURL says what a URL must be that [Reader.OptionalURL] would refuse, nothing if it would take it.
func CheckURL(value string) (problem string) {
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Host == "" || u.User != nil || strings.ContainsAny(value, "?#"):
		return "must be an absolute URL without user, query or fragment"
	case u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())):
		return "must be https (plain http only on a loopback host)"
	}
	return ""
}

// loopback tells whether host is this machine by name or address.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
