package strictjson

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEachByteCountsWhereverItStandsInAString(t *testing.T) {
	const length = 21 // two words of eight bytes and a rest
	for at := range length {
		for c := range 256 {
			content := []byte(strings.Repeat("x", length))
			content[at] = byte(c)
			text := `{"name":"` + string(content) + `"}`
			want, wrong := standard(text)
			got, err := read(text, limits)
			switch {
			case (err == nil) != (wrong == nil && utf8.ValidString(text)):
				t.Errorf("%q: %v, encoding/json says %v", text, err, wrong)
			case err == nil && got["name"] != want["name"]:
				t.Errorf("%q read as %q", text, got["name"])
			}
		}
	}
}
