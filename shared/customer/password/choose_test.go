package password

import (
	"errors"
	"strings"
	"testing"
)

func TestAPasswordIsEightToHundredAndTwentyEightCharacters(t *testing.T) {
	for password, want := range map[string]error{
		"":                             ErrTooShort,
		"kv8-Lq2":                      ErrTooShort,
		"kv8-Lq2z":                     nil,
		"日本語のパスワー":                     nil, // 8 characters, 24 bytes
		strings.Repeat("kZ", 64):       nil,
		strings.Repeat("kZ", 64) + "x": ErrTooLong,
	} {
		if err := Check("alice", password); !errors.Is(err, want) {
			t.Errorf("%.20q (%d bytes): got %v, want %v", password, len(password), err, want)
		}
	}
}

// A ligature is one character before normalisation and up to three after it; what counts is what is hashed.
func TestCharactersAreCountedAfterNormalisation(t *testing.T) {
	if err := Check("alice", "\ufb03xyzk"); err != nil { // ﬃ is "ffi": 7 characters, all told
		if !errors.Is(err, ErrTooShort) {
			t.Error(err)
		}
	} else {
		t.Error("7 characters were accepted")
	}
	if err := Check("alice", "\ufb03xyzkw"); err != nil {
		t.Errorf("8 characters were refused: %v", err)
	}
}

func TestACommonPasswordIsRefusedInAllItsDisguises(t *testing.T) {
	for _, password := range []string{
		"password", "Password1", "P@ssw0rd!", "PASSWORD123", "pa$$word2024", "12345678", "123456789", "qwertyuiop",
		"Qwerty123!",
		"letmein123", "iloveyou1", "aaaaaaaa", "abcdefgh", "hgfedcba", "87654321", "1q2w3e4r", "1qaz2wsx", "dragon1987",
		"dragondragon",
		"Dr@g0n!!", "sunshine99", "ｐａｓｓｗｏｒｄ", "password password", "admin2025!", "1234qwer", "zzzzzzzzzzzz",
		"!!Welcome!!", "passw0rd", "11111111",
	} {
		if err := Check("alice", password); !errors.Is(err, ErrCommon) {
			t.Errorf("%q: got %v", password, err)
		}
	}
}

func TestAnUncommonPasswordIsTaken(t *testing.T) {
	for _, password := range []string{
		"alice-at-the-bank", "bob-at-the-bank", "correct horse battery staple", "vTq9-mz2K", "ein Hund namens Karl",
		"dragons breathe fire", "🐢🐇🐢🐇🐢🐇🐢🐇", "9f8a-12cd-77",
	} {
		if err := Check("alice", password); err != nil {
			t.Errorf("%q: %v", password, err)
		}
	}
}

func TestTheUsernameIsNoPassword(t *testing.T) {
	for _, password := range []string{"zarathea", "Zarathea1", "Z@r@thea!", "123zarathea"} {
		if err := Check("zarathea", password); !errors.Is(err, ErrLikeUsername) {
			t.Errorf("%q: got %v", password, err)
		}
	}
}

func TestAControlCharacterOrBrokenTextIsNoPassword(t *testing.T) {
	for _, password := range []string{"kv8-Lq2z\n", "kv8\x00Lq2z", "kv8-\xffLq2z"} {
		if err := Check("alice", password); !errors.Is(err, ErrNotText) {
			t.Errorf("%q: got %v", password, err)
		}
	}
}

// The list is looked up in lower case and after core: a line that is spelt otherwise would never be found.
func TestEveryLineOfTheListRefusesItself(t *testing.T) {
	for line := range strings.Lines(commonList) {
		root := strings.TrimSpace(line)
		if strings.HasPrefix(root, "#") || root == "" {
			continue
		}
		if !common(root) {
			t.Errorf("%q is on the list and not found", root)
		}
	}
}
