package console

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
)

const (
	longestToken = 8 << 10  // the authorizer's own limit
	longestBody  = 32 << 10 // in which an id_token is looked for
)

// schemes are those of the API, as they are written.
var schemes = map[string]string{"bearer": "Bearer", "dpop": "DPoP"}

// credentials are those of a request: its token, and the id_token that the login is given. A proof is none: it shows a
// key for one request.
func credentials(header http.Header, body []byte) (list []credential) {
	for _, value := range header.Values("Authorization") {
		if len(list) == 2 {
			break // one too many already, which is what the authorizer will say
		}
		scheme, token, _ := strings.Cut(value, " ")
		c := credential{Source: "Authorization", Kind: "unreadable"}
		if known := schemes[strings.ToLower(scheme)]; known != "" {
			c = decode("Authorization", strings.TrimSpace(token))
			c.Scheme = known
		}
		list = append(list, c)
	}
	var login struct {
		IDToken string `json:"id_token"`
	}
	if len(body) <= longestBody && json.Unmarshal(body, &login) == nil && login.IDToken != "" {
		list = append(list, decode("id_token", login.IDToken))
	}
	return list
}

// decode reads a JWT's header and claims without verifying them, which the authorizer does. It drops the signature.
func decode(source, token string) credential {
	c := credential{Source: source, Kind: "unreadable"}
	if strings.HasPrefix(token, "dbc_") {
		c.Kind = "authorization code"
		return c
	}
	parts := strings.Split(token, ".")
	if len(token) > longestToken || len(parts) != 3 {
		return c
	}
	header, headerOthers, ok := segment(parts[0], headerShown)
	claims, claimOthers, okToo := segment(parts[1], claimShown)
	if !ok || !okToo {
		return c
	}
	return credential{Source: source, Kind: "JWT", Header: header, Claims: claims, Withheld: headerOthers + claimOthers}
}

func segment(encoded string, table map[string]way) ([]field, int, bool) {
	object, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return nil, 0, false
	}
	return fields(object, table)
}
