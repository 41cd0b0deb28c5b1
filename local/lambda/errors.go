package lambda

import (
	"errors"
	"fmt"
)

// What the Invoke API answers before any process has seen the event; with the status and type that AWS gives.
var (
	ErrUnknownFunction = errors.New("no such function")             // 404 ResourceNotFoundException
	ErrRequestTooLarge = errors.New("event larger than 6 MB")       // 413 RequestTooLargeException
	ErrThrottled       = errors.New("concurrency limit reached")    // 429 TooManyRequestsException
	ErrClosed          = errors.New("the functions have been shut") // the Host was closed
)

// BuildError says that the function's source does not compile. Output is the compiler's, as it printed it.
type BuildError struct {
	Function string
	Output   string
}

func (e *BuildError) Error() string {
	return fmt.Sprintf("function %s does not build:\n%s", e.Function, e.Output)
}
