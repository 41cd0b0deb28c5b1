package strictjson

import (
	"strings"
	"unicode"
)

// Fold maps all names that differ only by case to one: Fold(a) == Fold(b) exactly if strings.EqualFold(a, b).
// SCOPE and ſcope (U+017F) become scope. A name of lower-case ASCII is returned as it is, without allocating.
func Fold(name string) string {
	for i := 0; i < len(name); i++ {
		if c := name[i]; c >= 0x80 || 'A' <= c && c <= 'Z' {
			return strings.Map(foldRune, name)
		}
	}
	return name
}

// foldRune picks one character of those that fold into each other: the lower case of the smallest.
func foldRune(r rune) rune {
	smallest := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		smallest = min(smallest, next)
	}
	if 'A' <= smallest && smallest <= 'Z' {
		return smallest + 'a' - 'A'
	}
	return smallest
}
