# The shell functions of docs/RUNBOOK.md: `. docs/runbook.sh` in bash, after
#
#   export AWS_DEFAULT_REGION=eu-central-1 STACK=drawbridge-production STAGE=prod

# phys NAME: what a resource of template.yaml is called in the account
phys() {
  aws cloudformation describe-stack-resource --stack-name "$STACK" --logical-resource-id "$1" \
    --query StackResourceDetail.PhysicalResourceId --output text
}

# lambda COMMAND FUNCTION …, table COMMAND TABLE …: a command of the AWS CLI
lambda() { aws lambda "$1" --function-name "$(phys "$2")" "${@:3}"; }
table() { aws dynamodb "$1" --table-name "$(phys "$2")" "${@:3}"; }

# concurrency FUNCTION NUMBER
concurrency() { lambda put-function-concurrency "$1" --reserved-concurrent-executions "$2"; }

# admin COMMAND: gives an operator's command. It may hold a password, so its file goes again.
admin() {
  local folder
  folder=$(mktemp -d)
  printf '%s' "$1" > "$folder/command.json"
  lambda invoke AdminFunction --payload "fileb://$folder/command.json" "$folder/answer.json" > /dev/null
  cat "$folder/answer.json"
  echo
  rm -r "$folder"
}

# insights QUERY LOGGROUP …: a query of CloudWatch Logs Insights over the last hour, or the last SINCE seconds
insights() {
  local query=$1 id out
  shift
  id=$(aws logs start-query --start-time $(($(date +%s) - ${SINCE:-3600})) --end-time "$(date +%s)" \
    --query-string "$query" --query queryId --output text \
    --log-group-names $(for group in "$@"; do phys "$group"; done))
  while
    out=$(aws logs get-query-results --query-id "$id" --output json)
    jq -e '.status == "Running" or .status == "Scheduled"' <<< "$out" > /dev/null
  do sleep 2; done
  jq -r '.results[] | map(select(.field != "@ptr") | .field + "=" + .value) | join("  ")' <<< "$out"
}

# count CONDITION FIELDS LOGGROUP …: how many lines, by their fields; lines: the lines
count() { insights "filter $1 | stats count(*) as n by $2 | sort n desc" "${@:3}"; }
lines() { insights "filter $1 | fields @timestamp, $2 | sort @timestamp" "${@:3}"; }

# scan TABLE CONDITION VALUES
scan() { table scan "$1" --filter-expression "$2" --expression-attribute-values "$3" --output json; }

FUNCTIONS="BalanceLogs TransferLogs StatementLogs MetadataLogs NonceLogs LoginLogs LogoutLogs IdentitiesLogs AdminLogs"
MONEY="AccountsTable LedgerTable TransfersTable"

# account USERNAME: what names a username in the logs
account() { printf %s "username#${1,,}" | sha256sum | cut -c1-32; }

# session: asks for a code, and says what names it in the logs
session() {
  local code
  read -rsp 'code: ' code
  echo
  printf %s "$code" | sha256sum | cut -c1-16
}

# decisions: those of the authorizer, by reason
decisions() { count 'msg = "decision"' 'decision, reason, cause, kind' AuthorizerLogs; }

# request ID: all lines of one request
request() { lines "request_id = \"$1\"" '@log, @message' AuthorizerLogs ApiAccessLogs $FUNCTIONS; }

# customer ID: what a customer did; ID is a customer_id, an account or a sub
customer() {
  lines "msg = \"audit\" and (customer_id = \"$1\" or account = \"$1\" or sub = \"$1\")" \
    'event, by, reason, limit, ip, user_agent, session' $FUNCTIONS
}

# operators: what operators did
operators() {
  lines 'msg = "audit" and event like /^operator_/' \
    'event, operator, command, dry_run, outcome, code, customer_id, account_id, amount, request_id' AdminLogs
}

# failures: what fails, at the gateway and in the functions
failures() {
  count 'status >= 500' 'route, status, refusal, function_status, authorizer_status' ApiAccessLogs
  count 'msg = "request" and status >= 500' 'route, code, cause' $FUNCTIONS
}

# slow: the slowest hundredth of each route
slow() {
  insights 'stats pct(ms, 99), pct(authorizer_ms, 99), pct(function_ms, 99), count(*) by route' ApiAccessLogs
}

# guesses: logins, by account and outcome. guessed: the accounts at which a login followed refused ones
guesses() {
  insights 'filter msg = "audit" and event like /^login_/
    | stats count(*) as n, count_distinct(ip) as addresses by account, event, limit, reason | sort n desc' LoginLogs
}
guessed() {
  insights 'filter msg = "audit" and by = "password"
      and event in ["login_refused", "login_throttled", "login_accepted"]
    | stats count(*) as tries, sum(strcontains(event, "accepted")) as accepted, latest(customer_id) as customer
      by account
    | filter tries - accepted > 3 and accepted > 0' LoginLogs
}

# throttled NAMESPACE METRIC DIMENSION RESOURCE: a metric of the last hour
throttled() {
  aws cloudwatch get-metric-statistics --namespace "$1" --metric-name "$2" --dimensions "Name=$3,Value=$(phys "$4")" \
    --start-time "$(date -u -d '1 hour ago' +%FT%TZ)" --end-time "$(date -u +%FT%TZ)" --period 300 --statistics Sum
}

# identities CUSTOMER_ID: the logins at Auth0 that are linked to a customer
identities() {
  table scan CustomersTable --filter-expression 'begins_with(#k, :i) AND customer_id = :c' \
    --expression-attribute-names '{"#k":"key"}' --query 'Items[].key.S' --output text \
    --expression-attribute-values "{\":i\":{\"S\":\"identity#\"},\":c\":{\"S\":\"$1\"}}"
}

# entries ACCOUNT_ID: an account's ledger entries, into entries.json; shows their sum and number
entries() {
  table query LedgerTable --consistent-read --key-condition-expression 'customer_id = :c' \
    --filter-expression 'account_id = :a' --output json \
    --expression-attribute-values "{\":c\":{\"S\":\"${1%-*}\"},\":a\":{\"S\":\"$1\"}}" > entries.json
  jq '{sum: ([.Items[].amount.N | tonumber] | add), count: (.Items | length)}' entries.json
}

# compare_transfers TIME: the ledger beside the records since then, one line for each transfer that is not whole
compare_transfers() {
  recent LedgerTable "$1" | jq -r '.Items | group_by(.transfer_id.S)[] | [.[0].transfer_id.S, length,
    ([.[].amount.N | tonumber] | add), (.[0].counterparty != null)] | @tsv' | sort > in-ledger
  recent TransfersTable "$1" | jq -r '.Items[].transfer_id.S' | sort > in-transfers
  awk '$4 == "true" && ($2 != 2 || $3 != 0) { print $1, "lacks one of its two entries" }' in-ledger
  cut -f1 in-ledger | comm -23 - in-transfers | sed 's/$/ has no record/'
  cut -f1 in-ledger | comm -13 - in-transfers | sed 's/$/ has no entries/'
}
recent() {
  scan "$1" 'created_at >= :t AND attribute_exists(transfer_id)' "{\":t\":{\"S\":\"$2\"}}"
}
