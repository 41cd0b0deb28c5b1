package strictjson

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

var limits = Limits{Depth: 8, Members: 16}

func ignore(string, Value) error { return nil }

// tree turns a value into what encoding/json makes of it.
func tree(value Value) any {
	switch value.Kind() {
	case Null:
		return nil
	case Bool:
		truth, _ := value.Truth()
		return truth
	case String:
		text, _ := value.Text()
		return text
	case Number:
		return json.Number(value.raw)
	case Array:
		list := []any{}
		_, _ = value.Elements(func(element Value) error {
			list = append(list, tree(element))
			return nil
		})
		return list
	default:
		object := map[string]any{}
		_, _ = value.Members(func(name string, member Value) error {
			object[name] = tree(member)
			return nil
		})
		return object
	}
}

func read(text string, limits Limits) (map[string]any, error) {
	object := map[string]any{}
	err := limits.Object(text, func(name string, value Value) error {
		object[name] = tree(value)
		return nil
	})
	return object, err
}

func standard(text string) (map[string]any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var object map[string]any
	err := decoder.Decode(&object)
	return object, err
}

func TestAnObjectIsReadAsEncodingJSONReadsIt(t *testing.T) {
	for _, text := range []string{
		`{}`, " {\t}\r\n", `{"":""}`, `{"a":1,"b":[true,false,null],"c":{"d":[[],{}]}}`,
		`{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\udd11"}`,
		`{"é":"🔑","\u0061b":"c\u0000"}`, `{"n":[0,-0,1.5,-1e9,1E+2,2e-3]}`, `{"a":[1 , 2 ,3 ] , "b" : { } }`,
	} {
		got, err := read(text, limits)
		want, _ := standard(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v, want %v", text, got, err, want)
		}
	}
}

func TestWhatIsNotOneObjectIsMalformed(t *testing.T) {
	for _, text := range []string{
		"", " ", "null", "1", `"x"`, "[]", "{", "}", "{}{}", "{} x", "{},", "{,}", `{"a"}`, `{"a":}`, `{"a":1,}`,
		`{"a":1 "b":2}`, `{"a" 1}`, `{a:1}`, `{1:1}`,
		`{"a":tru}`, `{"a":truee}`, `{"a":nul}`, `{"a":01}`, `{"a":1.}`, `{"a":.1}`, `{"a":+1}`, `{"a":1e}`, `{"a":-}`,
		`{"a":[1,]}`, `{"a":[,1]}`, `{"a":[1}`,
		`{"a":"}`, `{"a":"\x"}`, `{"a":"\u12"}`, `{"a":"\u12g4"}`, `{"a":"\ud800"}`, `{"a":"\ud800x"}`,
		`{"a":"\ud800\u0041"}`, `{"a":"\udc00"}`, `{"a":"\`, "{\"a\":\"\x1f\"}",
		"{\"a\":\"\xff\"}", "\ufeff{}", "{}\x00", "\x00{}", "{\"a\":\"\u2028\"}x",
	} {
		if err := limits.Object(text, ignore); err != ErrMalformed {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestANameTwiceIsRefusedAtAnyDepth(t *testing.T) {
	for text, want := range map[string]error{
		`{"a":1,"a":1}`:                   ErrRepeated,
		`{"a":1,"\u0061":1}`:              ErrRepeated,
		`{"A":1,"A":1}`:                   ErrRepeated,
		`{"x":[{"y":{"a":1,"a":2}}]}`:     ErrRepeated,
		`{"a":1,"A":1}`:                   ErrVariant,
		`{"A":1,"a":1}`:                   ErrVariant,
		`{"scope":1,"ſcope":1}`:           ErrVariant,
		"{\"kid\":1,\"\u212aid\":1}":      ErrVariant,
		`{"σ":1,"ς":1}`:                   ErrVariant,
		`{"a":{"a":{"a":1}},"b":{"a":1}}`: nil,
	} {
		if err := limits.Object(text, ignore); err != want {
			t.Errorf("%s: want %v, got %v", text, want, err)
		}
	}
}

func TestRepeatedNamesAreAllowedOnlyIfTheLimitsSaySo(t *testing.T) {
	seen := 0
	lax := Limits{Depth: 8, AllowRepeatedNames: true}
	if err := lax.Object(`{"a":1,"a":2,"A":3,"b":{"a":1,"a":2}}`,
		func(string, Value) error { seen++; return nil }); err != nil || seen != 4 {
		t.Errorf("%d members, %v", seen, err)
	}
}

func TestHalfOfASurrogatePairCostsItsStringAloneIfTheLimitsSaySo(t *testing.T) {
	lenient := Limits{Depth: 8, Members: 16, AllowHalfPairs: true}
	texts, names := map[string]string{}, []string{}
	err := lenient.Object(`{"a":"\ud83dx","b":["\udd11","\ud83d\udd11"],"\ud800":"c","d":"\u0041"}`,
		func(name string, value Value) error {
			names = append(names, name)
			if text, ok := value.Text(); ok {
				texts[name] = text
			}
			_, _ = value.Elements(func(element Value) error {
				if text, ok := element.Text(); ok {
					texts[name] = text
				}
				return nil
			})
			return nil
		})
	if want := map[string]string{"b": "🔑", `\ud800`: "c", "d": "A"}; err != nil || !reflect.DeepEqual(texts, want) {
		t.Errorf("read %v of %q, %v", texts, names, err)
	}
	for _, text := range []string{`{"a":"\u12"}`, `{"a":"\x"}`, `{"a":"\ud8"}`} {
		if err := lenient.Object(text, ignore); err != ErrMalformed {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestDepthAndMembersAreBounded(t *testing.T) {
	nested := func(n int) string { return `{"a":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + `}` }
	wide := func(n int) string {
		var names []string
		for i := range n {
			names = append(names, `"`+strings.Repeat("x", i)+`":1`)
		}
		return "{" + strings.Join(names, ",") + "}"
	}
	for text, want := range map[string]error{
		nested(8): nil, nested(9): ErrComplex, wide(16): nil, wide(17): ErrComplex,
		`{"a":` + wide(17) + `}`:                 ErrComplex,
		`{"a":` + strings.Repeat("[", 1_000_000): ErrComplex,
	} {
		if err := limits.Object(text, ignore); err != want {
			t.Errorf("%.40s: want %v, got %v", text, want, err)
		}
	}
}

func TestTheZeroLimitsAllowNothing(t *testing.T) {
	if err := (Limits{}).Object("{}", ignore); err != ErrComplex {
		t.Errorf("got %v", err)
	}
}

func TestAnErrorOfVisitEndsTheReading(t *testing.T) {
	stop, seen := errors.New("stop"), 0
	err := limits.Object(`{"a":1,"b":2,"c"`, func(string, Value) error { seen++; return stop })
	if err != stop || seen != 1 {
		t.Errorf("%v after %d members", err, seen)
	}
}

func TestOnlyPlainIntegersAreIntegers(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "1": 1, "-7": -7, "1800000000": 1_800_000_000,
		"999999999999999999": 999_999_999_999_999_999} {
		var got int64
		var ok bool
		_ = limits.Object(`{"a":`+text+`}`, func(_ string, v Value) error { got, ok = v.Integer(); return nil })
		if !ok || got != want {
			t.Errorf("%s: %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"1.0", "1e3", "1E0", "-0", "9223372036854775807", "1000000000000000000", `"1"`,
		"null", "true", "[1]"} {
		_ = limits.Object(`{"a":`+text+`}`, func(_ string, v Value) error {
			if n, ok := v.Integer(); ok {
				t.Errorf("%s is %d", text, n)
			}
			return nil
		})
	}
}

func TestAMemberThatWasNeverReadIsAbsent(t *testing.T) {
	var v Value
	_, isText := v.Text()
	_, isBool := v.Truth()
	_, isInteger := v.Integer()
	isList, _ := v.Elements(nil)
	isObject, _ := v.Members(nil)
	if v.Kind() != Absent || isText || isBool || isInteger || isList || isObject {
		t.Error("it passes for something")
	}
}

// FuzzObject compares with encoding/json: whatever is accepted here is accepted there and means the same, and what is
// accepted there is refused here only for one of the reasons that the package names.
func FuzzObject(f *testing.F) {
	for _, seed := range []string{
		`{"iss":"https://t/","aud":["a","b"],"exp":1800000000}`, `{"a":{"a":[]}}`, `{"A":1,"a":2}`,
		`{"a":"\ud83d\udd11"}`, `{"a":"\ud83d"}`, `[[[[[[[[[`, "{\"\xff\":1}", `{"a":-0.0e+0}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := read(text, limits)
		want, standardErr := standard(text)
		valid := json.Valid([]byte(text)) && strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{")
		switch {
		case err == nil:
			if standardErr != nil || !valid || !utf8.ValidString(text) || !reflect.DeepEqual(got, want) {
				t.Errorf("%q read as %v, by encoding/json as %v (%v)", text, got, want, standardErr)
			}
		case err == ErrMalformed:
			if valid && utf8.ValidString(text) && !strings.Contains(strings.ToLower(text), `\ud`) {
				t.Errorf("%q is refused as malformed", text)
			}
		case err != ErrRepeated && err != ErrVariant && err != ErrComplex:
			t.Errorf("%q: an error of no list: %v", text, err)
		}
	})
}

func FuzzFold(f *testing.F) {
	f.Add("scope", "ſCOPE")
	f.Add("kid", "\u212aid")
	f.Add("İ", "i")
	f.Fuzz(func(t *testing.T, a, b string) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) {
			t.Skip()
		}
		if (Fold(a) == Fold(b)) != strings.EqualFold(a, b) {
			t.Errorf("%q and %q: folded %q and %q", a, b, Fold(a), Fold(b))
		}
	})
}
