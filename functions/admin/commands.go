package main

import "context"

// command is one thing that an operator can ask for. Besides the members listed, each command needs an operator and
// may have dry_run. keep_sessions and dry_run are true or false, all others are strings.
type command struct {
	needs []string // members that must be there
	may   []string // members that may be
	plan  func(*desk, context.Context, order) (plan, error)
}

var commands = map[string]command{
	"create_customer":  {needs: []string{"customer_id", "name"}, may: []string{"email"}, plan: (*desk).createCustomer},
	"disable_customer": {needs: []string{"customer_id"}, plan: (*desk).disableCustomer},
	"enable_customer":  {needs: []string{"customer_id"}, plan: (*desk).enableCustomer},
	"set_password": {
		needs: []string{"customer_id", "username", "password"}, may: []string{"keep_sessions"},
		plan: (*desk).setPassword,
	},
	"link_identity": {
		needs: []string{"customer_id", "sub"}, may: []string{"tenant"}, plan: (*desk).linkIdentity,
	},
	"unlink_identity": {
		needs: []string{"customer_id", "sub"}, may: []string{"tenant"}, plan: (*desk).unlinkIdentity,
	},
	"revoke_sessions": {needs: []string{"customer_id"}, plan: (*desk).revokeSessions},
	"show_customer":   {needs: []string{"customer_id"}, plan: (*desk).showCustomer},

	"open_account":      {needs: []string{"account_id", "currency"}, plan: (*desk).openAccount},
	"freeze_account":    {needs: []string{"account_id"}, plan: (*desk).freezeAccount},
	"unfreeze_account":  {needs: []string{"account_id"}, plan: (*desk).unfreezeAccount},
	"close_account":     {needs: []string{"account_id"}, plan: (*desk).closeAccount},
	"set_daily_limit":   {needs: []string{"account_id", "amount", "currency"}, plan: (*desk).setDailyLimit},
	"clear_daily_limit": {needs: []string{"account_id"}, plan: (*desk).clearDailyLimit},
	"show_account":      {needs: []string{"account_id"}, plan: (*desk).showAccount},

	"deposit":       {needs: []string{"account_id", "amount", "currency", "operation_id"}, plan: (*desk).deposit},
	"withdraw":      {needs: []string{"account_id", "amount", "currency", "operation_id"}, plan: (*desk).withdraw},
	"show_transfer": {needs: []string{"customer_id", "transfer_id"}, plan: (*desk).showTransfer},
	"show_request":  {needs: []string{"customer_id", "idempotency_key"}, plan: (*desk).showRequest},
}

// plan is what a command would change now. The zero plan changes nothing.
type plan struct {
	changes []change
	apply   func(context.Context) (result any, err error) // carries out the changes; nil if there are none

	result any    // to answer with if nothing is applied
	shown  bool   // the result is what was asked for
	note   string // what the command leaves as it is, for people who might think otherwise
}

// change is one thing that becomes another. A secret is named, never shown.
type change struct {
	Of   string `json:"of"`   // as "account 1000000001-01"
	What string `json:"what"` // as "status"
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	By   string `json:"by,omitempty"` // in place of from and to, where others may change it at the same time
}

// only adapts a function without a result to apply.
func only(do func(context.Context) error) func(context.Context) (any, error) {
	return func(ctx context.Context) (any, error) { return nil, do(ctx) }
}
