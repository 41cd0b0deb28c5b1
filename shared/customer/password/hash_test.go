package password

import (
	"strings"
	"testing"

	"drawbridge/shared/testkit"
)

func mustVerify(t *testing.T, h *Hasher, encoded, password string) (ok, due bool) {
	t.Helper()
	ok, due, err := h.Verify(encoded, password)
	testkit.Must(t, err)
	return ok, due
}

func TestAHashVerifiesItsPasswordAndNoOther(t *testing.T) {
	h := New()
	encoded := h.Hash("correct horse battery")
	if ok, due := mustVerify(t, h, encoded, "correct horse battery"); !ok || due {
		t.Errorf("the right password: ok %v, due %v", ok, due)
	}
	if ok, _ := mustVerify(t, h, encoded, "correct horse batterz"); ok {
		t.Error("another password was accepted")
	}
}

func TestAHashSaysHowItWasMade(t *testing.T) {
	encoded := New().Hash("correct horse battery")
	if !strings.HasPrefix(encoded, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("got %s", encoded)
	}
}

func TestThePhcStringSurvivesBeingRead(t *testing.T) {
	encoded := NewInsecurelyCheap().Hash("x")
	h, err := parse(encoded)
	if err != nil || h.String() != encoded {
		t.Errorf("%v: read back as %s", err, h)
	}
}

func TestTwoHashesOfOnePasswordDiffer(t *testing.T) {
	h := NewInsecurelyCheap()
	first, second := h.Hash("correct horse battery"), h.Hash("correct horse battery")
	if first == second {
		t.Error("the salt is not random")
	}
}

func TestAnOldHashStillVerifiesAndIsDueOnceParametersAreRaised(t *testing.T) {
	old := NewInsecurelyCheap().Hash("correct horse battery")
	raised := newHasher(Params{Memory: 128, Time: 1, Threads: 1})
	if ok, due := mustVerify(t, raised, old, "correct horse battery"); !ok || !due {
		t.Errorf("ok %v, due %v: want both", ok, due)
	}
	if _, due := mustVerify(t, raised, old, "wrong"); due {
		t.Error("a wrong password would rewrite the hash")
	}
}

func TestAnUnknownUsersPasswordIsNeverRight(t *testing.T) {
	if ok, _ := mustVerify(t, NewInsecurelyCheap(), "", ""); ok {
		t.Error("the dummy hash let somebody in")
	}
}

func TestOnePasswordTypedInTwoWaysIsOnePassword(t *testing.T) {
	h := NewInsecurelyCheap()
	composed, decomposed := "pässwört-für-alle", "pa\u0308sswo\u0308rt-fu\u0308r-alle"
	fullWidth := "pässwört-für-\uff41lle"
	encoded := h.Hash(composed)
	for _, typed := range []string{decomposed, fullWidth} {
		if ok, _ := mustVerify(t, h, encoded, typed); !ok {
			t.Errorf("%+q was refused", typed)
		}
	}
}

func TestADamagedHashIsAnErrorAndNeverShown(t *testing.T) {
	good := NewInsecurelyCheap().Hash("x")
	for _, damaged := range []string{
		"plain", "$argon2i$" + good[10:], strings.Replace(good, "v=19", "v=18", 1),
		strings.Replace(good, "m=64", "m=99999999", 1),
		strings.Replace(good, "m=64", "m=+64", 1), strings.Replace(good, "t=1", "t=0", 1),
		strings.Replace(good, "p=1", "p=0", 1),
		strings.Replace(good, "t=1", "t=1 ", 1), good[:len(good)-1], good + "$", good + "A",
	} {
		_, _, err := NewInsecurelyCheap().Verify(damaged, "x")
		if err == nil {
			t.Errorf("%s was read", damaged)
		} else if strings.Contains(err.Error(), damaged) {
			t.Errorf("the error shows the hash: %v", err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	h := New()
	encoded := h.Hash("correct horse battery")
	for b.Loop() {
		if ok, _, _ := h.Verify(encoded, "correct horse battery"); !ok {
			b.Fatal("refused")
		}
	}
}
