package engine

// Error is a failure the user can mend. Its text names what went wrong and what to do about it.
type Error struct {
	Problem string // one clause, no full stop
	Cure    string // one sentence, imperative
	Cause   error  // may be nil
}

func (e *Error) Error() string {
	text := "engine: " + e.Problem
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text + ". " + e.Cure
}

func (e *Error) Unwrap() error { return e.Cause }

// elsewhere is the way out whenever the package cannot be had.
const elsewhere = "Or put a dynoxide " + version + " on PATH, or set AWS_ENDPOINT_URL_DYNAMODB to a DynamoDB that already runs."
