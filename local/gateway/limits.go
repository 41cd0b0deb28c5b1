package gateway

// Quotas of API Gateway and Lambda that a request or an answer can meet.
// Sources: API Gateway Developer Guide, "Quotas for configuring and running a
// REST API"; Lambda Developer Guide, "Lambda quotas".
const (
	payloadLimit  = 10 << 20    // of a request's body
	lambdaLimit   = 6<<20 + 100 // of a function's answer; that of its event is kept by Lambda itself
	arnLimit      = 1600        // bytes of a method's ARN where an authorizer stands before it
	resourceLimit = 512         // characters of a Resource in the authorizer's policy
)
