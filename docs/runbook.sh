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
    --query-string "$query" --log-group-names $(for group in "$@"; do phys "$group"; done) --query queryId --output text)
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
