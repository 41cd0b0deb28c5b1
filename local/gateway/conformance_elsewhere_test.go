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
	return behaviour{sentence: sentence, source: s, test: func(t *testing.T, _ *bench) {
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
		files, _ := filepath.Glob(filepath.Join(folder, "*_test.go"))
		for _, file := range files {
			text, _ := os.ReadFile(file) // what cannot be read has no test
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
	runtimeAPI = documented("runtime")
	lifecycle  = documented("lifecycle")
	variables  = documented("variables")
	invokePage = documented("Invoke")
)

var runtime = []behaviour{
	tested("a process serves one event at a time", lifecycle, "TestOneProcessServesOneRequestAfterAnother"),
	tested("simultaneous events: a process each", lifecycle, "TestSimultaneousEventsGetAProcessEach"),
	tested("beyond reserved concurrency: throttled", documented("reserved"), "TestBeyondTheLimitAnEventIsThrottled"),
	tested("a dying process does not count", documented("scaling"),
		"TestAFunctionThatRunsOnceAtATimeIsNotThrottledByItsDead"),
	tested("between events a process stands still", lifecycle, "TestAGoroutineLeftBehindStandsStill"),
	tested("timeout: Sandbox.Timedout, Task timed out after 1.00 seconds", recorded("L-λ:test_lambda_invoke_with_timeout"),
		"TestATimeoutIsSaidInSecondsAsLambdaSaysIt"),
	tested("panic, exit, timeout: a new process",
		recorded("L-λ:test_lambda_invoke_timed_out_environment_reuse, test_lambda_handler_exit"),
		"TestEndingsThatReplaceTheProcess"),
	tested("init exits: Runtime.ExitError with its status",
		recorded("L-λ:test_lambda_runtime_exit, test_lambda_runtime_wrapper_not_found"),
		"TestWhatARuntimeFailsOfIsTheAnswer"),
	tested("init exits with 0: no reason", recorded("L-λ:test_lambda_runtime_exit"),
		"TestWhatARuntimeFailsOfIsTheAnswer"),
	tested("late init: ended", lifecycle, "TestWhatARuntimeFailsOfIsTheAnswer"),
	tested("a posted init error is the answer", runtimeAPI, "TestWhatARuntimeFailsOfIsTheAnswer"),
	tested("a returned error keeps type and process", recorded("L-λr:GoProvidedRuntimes"),
		"TestAReturnedErrorKeepsItsTypeAndItsProcess"),
	tested("an answer of 6 MB passes", recorded("L-λ:test_lambda_large_response"), "TestTheLargestAnswerPasses"),
	tested("a larger one: Function.ResponseSizeTooLarge, 6291556", recorded("L-λ:test_lambda_too_large_response"),
		"TestEndingsThatReplaceTheProcess"),
	tested("an event above 6 MB is refused", lambdaQuotas, "TestAnOversizedEventIsRefusedWithoutAProcess"),
	tested("another id: 400; a second answer: 403", runtimeAPI, "TestTheRuntimeAPIHoldsARuntimeToItsOrder"),
	tested("next before an answer is refused", runtimeAPI, "TestTheRuntimeAPIHoldsARuntimeToItsOrder"),
	tested("the context: id, ARN, deadline, trace", runtimeAPI, "TestTheContextCarriesWhatLambdaSends"),
	tested("an invocation joins its invoker's trace", documented("Invoke", "X-Ray, Tracing header"),
		"TestAnInvocationBelongsToTheTraceOfItsInvoker"),
	tested("reserved names are refused in the configuration", variables, "TestANameThatLambdaReservesIsRefused"),
	tested("a function outlives its invoker", lifecycle, "TestAnInvokerThatLeavesDoesNotStopTheFunction"),
	tested("a function is not root, its folder read-only", recorded("L-λr:test_runtime_introspection_arm"),
		"TestAFunctionCannotWriteWhereItRunsAndIsNotRoot"),
	tested("the variables are provided.al2023's, without AWS_EXECUTION_ENV", recorded("L-λc:test_introspection_invoke"),
		"TestTheVariablesAreThoseOfProvidedAl2023"),
	tested("the host's environment stays out", lifecycle, "TestAFunctionSeesNothingOfThisProcessesEnvironment"),
	tested("a failed event: three tries, one request id", recorded("L-λ:test_request_id_async_invoke_with_retry"),
		"TestAnEventWhoseFunctionFailsIsTriedAgainUnderTheSameRequestID"),
	tested("MaximumRetryAttempts sets them", recorded("L-λ:test_request_id_async_invoke_with_retry"),
		"TestAFunctionMaySetHowOftenItsEventsAreTried"),
	tested("then it is given up", documented("asynchronous"), "TestAnEventThatFailsThreeTimesIsGivenUp"),
	tested("throttled: it waits", documented("asynchronous"), "TestAnEventOfAThrottledFunctionWaits"),
	tested("an event outlives its sender", documented("asynchronous"), "TestAnEventRunsOnWhenItsSenderHasLeft"),
	tested("a process killed asleep costs no event", lifecycle, "TestAProcessKilledInItsSleepCostsNoEvent"),
	tested("an answer counts though its process dies then", runtimeAPI, "TestAnAnswerCountsThoughItsProcessDiesAfterIt"),
	tested("a ClientContext reaches the function", recorded("L-λ:test_lambda_with_context"),
		"TestAClientContextReachesTheFunction"),
	tested("the log tail has 4 KB", invokePage, "TestALogLargerThanThePipeArrivesWhole"),
}

var invoking = []behaviour{
	tested("RequestResponse: 200, the answer", recorded("L-λ:test_invocation_with_qualifier"),
		"TestAFunctionIsInvokedAndItsAnswerGivenBack"),
	tested("function error: 200, X-Amz-Function-Error", recorded("L-λ:test_lambda_invoke_with_timeout"),
		"TestAFunctionsErrorIsAnAnswerWithAHeader"),
	tested("Event: 202, empty", recorded("L-λ:test_invocation_type_event"), "TestAnEventIsAcceptedAndItsRequestIDTold"),
	tested("its x-amzn-RequestId is the invocation's", recorded("L-λ:test_request_id_async_invoke_with_retry"),
		"TestAnEventIsAcceptedAndItsRequestIDTold"),
	tested("DryRun: 204, empty", recorded("L-λ:test_invocation_type_dry_run"), "TestADryRunRunsNothing"),
	tested("no payload is an empty object", invokePage, "TestNoPayloadIsAnEmptyObject"),
	tested("a function's names: name, ARN, partial ARN", invokePage, "TestAFunctionIsKnownByAllItsNames"),
	tested("unknown function: 404", recorded("L-λ:test_invoke_exceptions"), "TestAFunctionThatIsNotThereIsNotFound"),
	tested("named with $LATEST, without a qualifier", recorded("L-λ:test_invoke_exceptions, 24 Nov 2025"),
		"TestAFunctionThatIsNotThereIsNamedWithItsQualifier"),
	tested("65 characters: 404", recorded("L-λa:function_name_too_long"), "TestAFunctionThatIsNotThereIsNotFound"),
	tested("Qualifier $latest: 404", recorded("L-λa:lowercase_latest_qualifier"), "TestAFunctionThatIsNotThereIsNotFound"),
	tested("bad name: 400 ValidationException, the pattern", recorded("L-λa:invalid_characters_in_function_name"),
		"TestANameThatDoesNotFitIsToldThePattern"),
	tested("bad Qualifier: the same", recorded("L-λa:invalid_characters_in_qualifier"), "TestWhatIsMalformedIsRefused"),
	tested("two qualifiers: 400 InvalidParameterValueException", recorded("L-λa:latest_version_with_additional_qualifier"),
		"TestWhatIsMalformedIsRefused"),
	tested("body no JSON: 400 InvalidRequestContentException", recorded("L-λ:test_lambda_invoke_payload_encoding_error"),
		"TestWhatIsMalformedIsRefused"),
	tested("payload over the limit: 413", lambdaQuotas, "TestAPayloadOverTheLimitIsRefused"),
	tested("unsigned: 403", documented("common"), "TestARequestThatIsNotSignedIsRefused"),
	tested("no concurrency left: 429 TooManyRequestsException, Rate Exceeded.", recorded("L-λ:test_reserved_concurrency"),
		"TestWhatKeepsAFunctionFromRunningHasLambdasNameForIt"),
	tested("LogType Tail brings the log's end", recorded("L-λ:test_invocation_with_logs"),
		"TestTheEndOfTheLogComesWithTheAnswer"),
}

var rights = []behaviour{
	tested("a statement allows actions on resources; Deny wins", iamEvaluation,
		"TestAStatementAllowsItsActionsOnItsResources"),
	tested("only a statement's Deny is explicit", iamEvaluation, "TestADenyIsExplicitOnlyIfAStatementSaysSo"),
	tested("a wildcard crosses colons only at its segment's end", iamElements,
		"TestAWildcardReachesOverAColonOnlyAtTheEndOfItsSegment"),
	tested("operators compare as their page says", documented("operators"), "TestAnOperatorComparesAsIAMDoes"),
	tested("all operators must hold", documented("multiple"), "TestEveryOperatorOfAStatementMustHold"),
	tested("a transaction needs each item's action", documented("transactions"), "TestAnOperationNeedsWhatAWSSays"),
	tested("ForAllValues is true of an absent key", documented("multivalued"),
		"TestAScanPassesAStatementOnLeadingKeysUnlessNullForbids"),
}

var tables = []behaviour{
	tested("a cancelled transaction's reasons, by place: [ConditionalCheckFailed, None]",
		recorded("L-ddb:test_transaction_write_canceled; NB:transactWriteItems"),
		"TestACancelledTransactionHasAReasonForEachPlace"),
	tested("a reason has a message, under ALL_OLD the item", recorded("NB"),
		"TestAReasonOfACancelledTransactionHasItsMessageAndTheOldItem"),
	tested("so has a failed DeleteItem", recorded("L-ddb:test_return_values_on_conditions_check_failure"),
		"TestAFailedConditionOfADeleteHasTheOldItem"),
	tested("same token, same request: no error", recorded("L-ddb:test_dynamodb_idempotent_writing"),
		"TestATransactionsTokenIsOfOneRequest"),
	tested("same token, another request: IdempotentParameterMismatchException", recorded("NB"),
		"TestATransactionsTokenIsOfOneRequest"),
	tested("a transaction names an item once", recorded("NB"), "TestATransactionNamesAnItemOnce"),
	tested("a transaction without items: ValidationException", recorded("PS:eu-central-1, 8 Oct 2026"),
		"TestATransactionHasOneToAHundredActions"),
	tested("at most a hundred actions", recorded("NB"), "TestATransactionHasOneToAHundredActions"),
	tested("an item has at most 409,600 bytes", recorded("NB:itemSize"), "TestAnItemHas409600BytesAtMost"),
	tested("unknown table: ResourceNotFoundException; wrong key: ValidationException", recorded("NB, L-ddb"),
		"TestATableThatIsNotThereIsNamedSo"),
	tested("existing table: ResourceInUseException", recorded("NB, L-ddb"), "TestATableIsMadeOnce"),
	tested("ReturnConsumedCapacity, ReturnValues are answered", recorded("NB, L-ddb"),
		"TestConsumedCapacityIsToldWhereItIsAskedFor"),
}

// difference is what AWS does, what is done here instead, and why.
type difference struct{ aws, here, why string }

var differences = []difference{
	{"a quota of 10,240 bytes for all headers",
		"60 kB pass", "how AWS refuses them is unknown"},
	{"the client's spelling of header names (L-lam)",
		"lower case", "net/http forgets it; HTTP/2 has none"},
	{"a gateway response's header from `method.request.header.…` (L-api)",
		"refused at the start", "not modelled"},
	{"a custom domain: requestContext.path without the stage (localstack#12296)",
		"always with it", "not modelled"},
	{"account-level throttling, 10,000 requests a second",
		"none", "one machine is slower"},
	{"an event's second try after a minute, the third after two more",
		"one second, and two", "one waits for it"},
	{"/tmp is of the environment (L-λ:test_lambda_invoke_timed_out_environment_reuse)",
		"the machine's, one for all functions", "no mount without root"},
	{"alias or version in the ARN and in START (L-λ:test_invocation_with_qualifier)",
		"$LATEST", "there are no versions"},
	{"START, END and REPORT in the log tail (L-λ:test_invocation_with_logs)",
		"the function's lines", "memory is not measured"},
	{"the text for a payload that is no JSON (L-λ:test_lambda_invoke_payload_encoding_error)",
		"shorter", "a parser's"},
	{"a table's ARN as TableName (L-ddb:test_transaction_write_items)",
		"400", "Dynoxide 1.2.1; TestTheKnownDifferencesOfTheEngineAreStillThere"},
	{"UpdateTimeToLive of what is on is 400 (public programs that handle it)",
		"200", "the same"},
}
