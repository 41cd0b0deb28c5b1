package metering

import "math"

const million = 1e6

// bill is what a million requests cost, in dollars.
type bill struct{ gateway, lambda, dynamo, logs, traces, out float64 }

func (b bill) total() float64 { return b.gateway + b.lambda + b.dynamo + b.logs + b.traces + b.out }

// billed is what is assumed to be billed of one invocation, in whole milliseconds: the processor time, longer by as much as
// the function has less than a whole processor, and the waits for DynamoDB.
func billed(microseconds, memoryMB float64, made trips) float64 {
	return math.Ceil(microseconds/1000*fullCPU/memoryMB + plainTrip*float64(made.plain) + transactTrip*float64(made.transactions))
}

func (r route) authorizerTime() float64 {
	if cpu[r.name].authorizer == 0 {
		return 0
	}
	return billed(cpu[r.name].authorizer, memory["AuthorizerFunction"], r.authorizer.trips)
}

func (r route) functionTime() float64 {
	if cpu[r.name].function == 0 {
		return 0
	}
	time := billed(cpu[r.name].function, memory[r.behind()], r.function.trips)
	if r.code == "login_failed" {
		time = max(time, refusalFloor)
	}
	return time
}

// charged tells whether API Gateway charges for the request: not when the authorizer refuses it, or nobody is asked
// (https://repost.aws/questions/QUm1jSF1ieSQ25Ol1RzFLysA/does-aws-charge-for-throttled-requests).
func (r route) charged() bool { return r.code != "invalid_token" && r.code != "unauthorized" }

// bill is what a million of these requests cost.
func (r route) bill() bill {
	b := bill{
		lambda: lambdaRequest.of(million*float64(r.invocations)) +
			lambdaCompute.of(million*(r.authorizerTime()*memory["AuthorizerFunction"]+r.functionTime()*memory[r.behind()])/1000/1024),
		dynamo: readUnit.of(million*(r.authorizer.reads+r.function.reads)) + writeUnit.of(million*(r.authorizer.writes+r.function.writes)),
		logs:   logBytes.of(million * float64(r.allLogged())),
		traces: trace.of(million * traced),
		out:    dataOut.of(million * float64(r.sent)),
	}
	if r.charged() {
		b.gateway = gatewayRequest.of(million)
	}
	return b
}

// authorizerShare is what of the bill the authorizer costs: what a cache of its answers would save of the requests
// that it answers.
func (r route) authorizerShare() float64 {
	if r.authorizerTime() == 0 {
		return 0
	}
	return lambdaRequest.of(million) + lambdaCompute.of(million*r.authorizerTime()*memory["AuthorizerFunction"]/1000/1024) +
		readUnit.of(million*r.authorizer.reads) + writeUnit.of(million*r.authorizer.writes) +
		logBytes.of(million*float64(authorizerLine+platformBytes()))
}

// authorizerLine is about how many bytes the authorizer logs.
const authorizerLine = 715

// allLogged is all that a request puts into CloudWatch Logs: what the functions write, what Lambda writes, the access log.
func (r route) allLogged() int {
	return r.logged + r.invocations*platformBytes() + accessLogBytes
}

// Lambda writes these two for each invocation, in its JSON format at level INFO. This is their form as AWS documents it,
// not a measurement (https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html).
var platformLines = []string{
	`{"time":"2026-11-22T12:00:00.123Z","type":"platform.start","record":{"requestId":"6d68ca91-49c9-448d-89b8-7ca3e6dc66aa","version":"12",` +
		`"tracing":{"spanId":"54565fb41ac79632","type":"X-Amzn-Trace-Id","value":"Root=1-62e900b2-710d76f009d6e7785905449a;Parent=0efbd19962d95b05;Sampled=1"}}}`,
	`{"time":"2026-11-22T12:00:00.140Z","type":"platform.report","record":{"requestId":"6d68ca91-49c9-448d-89b8-7ca3e6dc66aa","metrics":` +
		`{"durationMs":16.123,"billedDurationMs":17,"memorySizeMB":256,"maxMemoryUsedMB":32},"tracing":{"spanId":"54565fb41ac79632",` +
		`"type":"X-Amzn-Trace-Id","value":"Root=1-62e900b2-710d76f009d6e7785905449a;Parent=0efbd19962d95b05;Sampled=1"},"status":"success"}}`,
}

func platformBytes() int {
	total := 0
	for _, line := range platformLines {
		total += len(line) + eventOverhead
	}
	return total
}
