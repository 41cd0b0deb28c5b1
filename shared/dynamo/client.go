// Package dynamo makes the DynamoDB client that every part of Drawbridge uses, and reads its errors.
//
// It is built from the few settings a Lambda function has in its environment, without the SDK's config package: no
// profile files, no instance metadata, no assumed roles, so a start costs no look-up and the binary is smaller.
//
// What a lost answer means decides what may be retried. The SDK sends a request again after a lost connection, a 5xx
// or a throttle; by then the first may have been carried out. TransactWriteItems carries a token that the SDK makes
// for each call and keeps over its attempts, so its repetition is harmless for ten minutes. A conditional Put, Update
// or Delete is not protected so: its repetition finds its own effect and reports a failed condition. Whatever must
// happen once is therefore written as a transaction, also when it is a single item.
package dynamo

import (
	"net"
	"net/http"
	"time"

	"drawbridge/shared/env"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Config is what a client needs. Region and Credentials are required.
type Config struct {
	Region      string
	Endpoint    string // empty: AWS's own for the region
	Credentials aws.CredentialsProvider
	HTTPClient  aws.HTTPClient // nil: one with the time-outs below
}

const (
	// Attempts is how often the SDK sends one request, the first included.
	Attempts = 4

	dialTimeout    = time.Second
	attemptTimeout = 3 * time.Second // DynamoDB answers in milliseconds: beyond this the connection is dead
	idlePerHost    = 64
)

// New returns a client. It makes no request.
func New(c Config) *dynamodb.Client {
	options := dynamodb.Options{
		Region: c.Region, Credentials: c.Credentials, HTTPClient: c.HTTPClient, Retryer: retryer(),
	}
	if c.Endpoint != "" {
		options.BaseEndpoint = &c.Endpoint
	}
	if options.HTTPClient == nil {
		options.HTTPClient = awshttp.NewBuildableClient().
			WithTimeout(attemptTimeout).
			WithDialerOptions(func(d *net.Dialer) { d.Timeout = dialTimeout }).
			WithTransportOptions(func(t *http.Transport) { t.MaxIdleConnsPerHost = idlePerHost })
	}
	return dynamodb.New(options)
}

// retryer waits milliseconds where the SDK's default waits up to a second. It has no retry quota: attempts are few,
// and a function serves one request at a time.
func retryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = Attempts
		o.RateLimiter = ratelimit.None
		o.Retryables = retryables()
		o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
			return Backoff(attempt), nil
		})
	})
}

// FromEnv returns the client that the environment of a Lambda function describes: AWS_REGION, AWS_ACCESS_KEY_ID,
// AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, and AWS_ENDPOINT_URL_DYNAMODB when the tables live elsewhere: at an https
// URL, or on this machine, for requests carry customers' data. The reader keeps what is missing or malformed; its Err
// decides whether the client may be used.
func FromEnv(r *env.Reader) *dynamodb.Client {
	return New(Config{
		Region:   r.String("AWS_REGION"),
		Endpoint: r.OptionalURL("AWS_ENDPOINT_URL_DYNAMODB"),
		Credentials: credentials.NewStaticCredentialsProvider(
			r.String("AWS_ACCESS_KEY_ID"), r.String("AWS_SECRET_ACCESS_KEY"), r.Optional("AWS_SESSION_TOKEN"),
		),
	})
}
