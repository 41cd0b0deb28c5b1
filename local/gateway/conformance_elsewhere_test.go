package gateway_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// tested is a row whose test stands in the package of what it is about.
func tested(sentence string, s source, test string) behaviour {
	return behaviour{sentence: sentence + " (" + test + ")", source: s, test: func(t *testing.T, _ *bench) {
		if !strings.Contains(otherTests(), "\nfunc "+test+"(t *testing.T)") {
			t.Errorf("there is no test %s", test)
		}
	}}
}

// otherTests are the tests of the packages that a row may name.
var otherTests = sync.OnceValue(func() string {
	var all strings.Builder
	for _, folder := range []string{
		"../lambda", "../invokeapi", "../iam", "../template", "..", "../../shared/dynamo/engine",
	} {
		files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		if err != nil || len(files) == 0 {
			panic("no tests in " + folder)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				panic(err)
			}
			all.Write(text)
		}
	}
	return all.String()
})

func TestTheRowsThatNameATestOfAnotherPackageHaveIt(t *testing.T) {
	for _, chapter := range elsewhere() {
		for _, row := range chapter.rows {
			row.test(t, nil)
		}
	}
}

func elsewhere() []chapter {
	return []chapter{{"The Lambda runtime", runtime}, {"The Invoke API", invoking}, {"The functions' policies", rights},
		{"The engine of the tables", tables}}
}

var (
	runtimeAPI = documented("Lambda Developer Guide, Using the Lambda runtime API")
	lifecycle  = documented("Lambda Developer Guide, Understanding the Lambda execution environment lifecycle")
	variables  = documented("Lambda Developer Guide, Working with Lambda environment variables")
	invokePage = documented("Lambda API Reference, Invoke")
)

var runtime = []behaviour{
	tested("a process serves one event at a time and then the next", lifecycle,
		"TestOneProcessServesOneRequestAfterAnother"),
	tested("simultaneous events get a process each", lifecycle, "TestSimultaneousEventsGetAProcessEach"),
	tested("beyond its reserved concurrency a function is throttled",
		documented("Lambda Developer Guide, Configuring reserved concurrency"),
		"TestBeyondTheLimitAnEventIsThrottled"),
	tested("concurrency counts invocations, and no process that is dying",
		documented("Lambda Developer Guide, Understanding Lambda function scaling"),
		"TestAFunctionThatRunsOnceAtATimeIsNotThrottledByItsDead"),
	tested("between two events a process stands still", lifecycle, "TestAGoroutineLeftBehindStandsStill"),
	tested("a function that runs out of time is Sandbox.Timedout, Task timed out after 1.00 seconds",
		recorded("L-λ test_lambda_invoke_with_timeout"),
		"TestATimeoutIsSaidInSecondsAsLambdaSaysIt"),
	tested("after a panic, an exit or a timeout the process is another one",
		recorded("L-λ test_lambda_invoke_timed_out_environment_reuse, test_lambda_handler_exit"),
		"TestEndingsThatReplaceTheProcess"),
	tested("an init that exits is Runtime.ExitError with its status",
		recorded("L-λ test_lambda_runtime_exit, test_lambda_runtime_wrapper_not_found"),
		"TestAnInitThatExitsIsReportedWithItsLog"),
	tested("an init that exits with 0 gives no reason", recorded("L-λ test_lambda_runtime_exit"),
		"TestAnInitThatExitsWithoutAnErrorGivesNoReason"),
	tested("an init that takes too long is ended", lifecycle, "TestAnInitThatOverrunsIsKilled"),
	tested("an init error that the runtime posts is the answer", runtimeAPI, "TestAnInitErrorIsPassedOn"),
	tested("an error that a handler returns has its type, and the process lives on",
		recorded("L-λr TestGoProvidedRuntimes"),
		"TestAReturnedErrorKeepsItsTypeAndItsProcess"),
	tested("an answer of 6 MB passes", recorded("L-λ test_lambda_large_response"), "TestTheLargestAnswerPasses"),
	tested("a larger one is Function.ResponseSizeTooLarge with 6291556", recorded("L-λ test_lambda_too_large_response"),
		"TestEndingsThatReplaceTheProcess"),
	tested("an event of more than 6 MB is refused", lambdaQuotas, "TestAnOversizedEventIsRefusedWithoutAProcess"),
	tested("only the first answer to an event counts; another id is 400, a second answer 403", runtimeAPI,
		"TestOnlyTheFirstAnswerCounts"),
	tested("next is refused before an answer", runtimeAPI, "TestNextIsRefusedBeforeAnAnswer"),
	tested("the context has id, ARN, deadline and trace", runtimeAPI, "TestTheContextCarriesWhatLambdaSends"),
	tested("an invocation belongs to the trace of its invoker",
		documented("Lambda API Reference, Invoke; X-Ray, Tracing header"),
		"TestAnInvocationBelongsToTheTraceOfItsInvoker"),
	tested("names that Lambda reserves are refused in the configuration", variables,
		"TestANameThatLambdaReservesIsRefused"),
	tested("an invoker that leaves does not stop the function", lifecycle,
		"TestAnInvokerThatLeavesDoesNotStopTheFunction"),
	tested("a function runs where it cannot write, and not as root", recorded("L-λr test_runtime_introspection_arm"),
		"TestAFunctionCannotWriteWhereItRunsAndIsNotRoot"),
	tested("the variables are those of provided.al2023, without AWS_EXECUTION_ENV",
		recorded("L-λc test_introspection_invoke"),
		"TestTheVariablesAreThoseOfProvidedAl2023"),
	tested("nothing of the host's environment reaches a function", lifecycle,
		"TestAFunctionSeesNothingOfThisProcessesEnvironment"),
	tested("an event whose function fails is tried again, three times in all, under the same request id",
		recorded("L-λ test_request_id_async_invoke_with_retry"),
		"TestAnEventWhoseFunctionFailsIsTriedAgainUnderTheSameRequestID"),
	tested("MaximumRetryAttempts sets how often", recorded("L-λ test_request_id_async_invoke_with_retry"),
		"TestAFunctionMaySetHowOftenItsEventsAreTried"),
	tested("after the last try an event is given up", documented("Lambda Developer Guide, Asynchronous invocation"),
		"TestAnEventThatFailsThreeTimesIsGivenUp"),
	tested("an event of a throttled function waits", documented("Lambda Developer Guide, Asynchronous invocation"),
		"TestAnEventOfAThrottledFunctionWaits"),
	tested("an event runs on when its sender has left", documented("Lambda Developer Guide, Asynchronous invocation"),
		"TestAnEventRunsOnWhenItsSenderHasLeft"),
	tested("a process that was killed in its sleep costs no event", lifecycle, "TestAProcessKilledInItsSleepCostsNoEvent"),
	tested("an answer counts though its process dies after it", runtimeAPI,
		"TestAnAnswerCountsThoughItsProcessDiesAfterIt"),
	tested("a ClientContext reaches the function", recorded("L-λ test_lambda_with_context"),
		"TestAClientContextReachesTheFunction"),
	tested("the log tail has 4 KB", invokePage, "TestALogLargerThanThePipeArrivesWhole"),
}

var invoking = []behaviour{
	tested("RequestResponse is 200 with the answer", recorded("L-λ test_invocation_with_qualifier"),
		"TestAFunctionIsInvokedAndItsAnswerGivenBack"),
	tested("a function's error is 200 with X-Amz-Function-Error", recorded("L-λ test_lambda_invoke_with_timeout"),
		"TestAFunctionsErrorIsAnAnswerWithAHeader"),
	tested("Event is 202 and empty", recorded("L-λ test_invocation_type_event"),
		"TestAnEventIsAcceptedAndItsRequestIDTold"),
	tested("x-amzn-RequestId of an Event is the invocation's", recorded("L-λ test_request_id_async_invoke_with_retry"),
		"TestAnEventIsAcceptedAndItsRequestIDTold"),
	tested("DryRun is 204 and empty", recorded("L-λ test_invocation_type_dry_run"), "TestADryRunRunsNothing"),
	tested("no payload is an empty object", invokePage, "TestNoPayloadIsAnEmptyObject"),
	tested("a function is known by name, ARN and partial ARN", invokePage, "TestAFunctionIsKnownByAllItsNames"),
	tested("a function that is not there is 404", recorded("L-λ test_invoke_exceptions"),
		"TestAFunctionThatIsNotThereIsNotFound"),
	tested("and is named with $LATEST where no qualifier was given", recorded("L-λ test_invoke_exceptions, 24 Nov 2025"),
		"TestAFunctionThatIsNotThereIsNamedWithItsQualifier"),
	tested("a name of 65 characters is 404", recorded("L-λa function_name_too_long"),
		"TestAFunctionThatIsNotThereIsNotFound"),
	tested("Qualifier $latest is 404", recorded("L-λa lowercase_latest_qualifier"),
		"TestAFunctionThatIsNotThereIsNotFound"),
	tested("a name that does not fit is 400 ValidationException with the pattern",
		recorded("L-λa invalid_characters_in_function_name"),
		"TestANameThatDoesNotFitIsToldThePattern"),
	tested("so is a Qualifier that does not fit", recorded("L-λa invalid_characters_in_qualifier"),
		"TestWhatIsMalformedIsRefused"),
	tested("two qualifiers that differ are 400 InvalidParameterValueException",
		recorded("L-λa latest_version_with_additional_qualifier"),
		"TestWhatIsMalformedIsRefused"),
	tested("a body that is no JSON is 400 InvalidRequestContentException",
		recorded("L-λ test_lambda_invoke_payload_encoding_error"),
		"TestWhatIsMalformedIsRefused"),
	tested("a payload over the limit is 413", lambdaQuotas, "TestAPayloadOverTheLimitIsRefused"),
	tested("a request that is not signed is 403", documented("Lambda API Reference, Common errors"),
		"TestARequestThatIsNotSignedIsRefused"),
	tested("concurrency that is used up is 429 TooManyRequestsException, Rate Exceeded.",
		recorded("L-λ test_reserved_concurrency"),
		"TestWhatKeepsAFunctionFromRunningHasLambdasNameForIt"),
	tested("the end of the log comes with LogType Tail", recorded("L-λ test_invocation_with_logs"),
		"TestTheEndOfTheLogComesWithTheAnswer"),
}

var rights = []behaviour{
	tested("a statement allows its actions on its resources, and a Deny wins", iamEvaluation,
		"TestAStatementAllowsItsActionsOnItsResources"),
	tested("a deny is explicit only if a statement says so", iamEvaluation, "TestADenyIsExplicitOnlyIfAStatementSaysSo"),
	tested("a wildcard reaches over a colon only at the end of its segment", iamElements,
		"TestAWildcardReachesOverAColonOnlyAtTheEndOfItsSegment"),
	tested("a condition's operator compares as its page says", documented("IAM User Guide, Condition operators"),
		"TestAnOperatorComparesAsIAMDoes"),
	tested("every operator of a statement must hold",
		documented("IAM User Guide, Conditions with multiple keys or values"),
		"TestEveryOperatorOfAStatementMustHold"),
	tested("a transaction needs the action of each item",
		documented("DynamoDB Developer Guide, Using IAM with transactions"),
		"TestAnOperationNeedsWhatAWSSays"),
	tested("ForAllValues is true of a key that a request does not have",
		documented("IAM User Guide, Single-valued vs. multivalued context keys"),
		"TestAScanPassesAStatementOnLeadingKeysUnlessNullForbids"),
}

var tables = []behaviour{
	tested("a transaction of which a condition fails has reasons by place: [ConditionalCheckFailed, None]",
		recorded("L-ddb test_transaction_write_canceled; NB transactWriteItems"),
		"TestACancelledTransactionHasAReasonForEachPlace"),
	tested("a reason has its message, and the old item where ALL_OLD is asked for", recorded("NB"),
		"TestAReasonOfACancelledTransactionHasItsMessageAndTheOldItem"),
	tested("a DeleteItem whose condition fails has the old item",
		recorded("L-ddb test_return_values_on_conditions_check_failure"),
		"TestAFailedConditionOfADeleteHasTheOldItem"),
	tested("the same token with the same request is no error", recorded("L-ddb test_dynamodb_idempotent_writing"),
		"TestATransactionsTokenIsOfOneRequest"),
	tested("the same token with another request is IdempotentParameterMismatchException", recorded("NB"),
		"TestATransactionsTokenIsOfOneRequest"),
	tested("a transaction has one action for an item", recorded("NB"), "TestATransactionNamesAnItemOnce"),
	tested("a transaction without items is a ValidationException", recorded("PS eu-central-1, 8 Oct 2026"),
		"TestATransactionHasOneToAHundredActions"),
	tested("a transaction has a hundred actions at most", recorded("NB"), "TestATransactionHasOneToAHundredActions"),
	tested("an item has 409,600 bytes at most, put or updated", recorded("NB itemSize"), "TestAnItemHas409600BytesAtMost"),
	tested("an unknown table is ResourceNotFoundException, a wrong key ValidationException", recorded("NB, L-ddb"),
		"TestATableThatIsNotThereIsNamedSo"),
	tested("a table that is there is ResourceInUseException", recorded("NB, L-ddb"), "TestATableIsMadeOnce"),
	tested("ReturnConsumedCapacity and ReturnValues are answered", recorded("NB, L-ddb"),
		"TestConsumedCapacityIsToldWhereItIsAskedFor"),
}

// difference is what AWS does, what is done here instead, and why.
type difference struct{ aws, here, why string }

var differences = []difference{
	{
		"a quota of 10,240 bytes for all headers",
		"60 kB pass", "neither a page nor a recording says how AWS refuses them",
	},
	{
		"the client's spelling of header names (L-lam)",
		"lower case", "net/http forgets it; over HTTP/2 it is lower case on AWS too",
	},
	{
		"a header of a gateway response from `method.request.header.…` (L-api)",
		"the start is refused, with the line", "not modelled",
	},
	{
		"a custom domain: requestContext.path without the stage (localstack#12296)",
		"always with it", "not modelled",
	},
	{
		"account-level throttling, 10,000 requests a second",
		"none", "one machine is slower",
	},
	{
		"the second try of an event comes after a minute, the third after two more",
		"after one second, and two", "one waits for it",
	},
	{
		"/tmp is of the environment (L-λ test_lambda_invoke_timed_out_environment_reuse)",
		"the machine's, one for all functions", "no mount without root",
	},
	{
		"an ARN with the alias or version that was invoked, and START with its number (L-λ test_invocation_with_qualifier)",
		"the ARN without, $LATEST", "there are no versions",
	},
	{
		"START, END and REPORT in the log tail (L-λ test_invocation_with_logs)",
		"the function's own lines", "REPORT has the memory used, which is not measured",
	},
	{
		"the text of a payload that is no JSON (L-λ test_lambda_invoke_payload_encoding_error)",
		"a shorter one", "it is a parser's",
	},
	{
		"a table's ARN as TableName (L-ddb test_transaction_write_items)",
		"400", "Dynoxide 1.2.1; TestTheKnownDifferencesOfTheEngineAreStillThere",
	},
	{
		"UpdateTimeToLive of what is on is 400 (public programs that handle it)",
		"200", "the same",
	},
}
