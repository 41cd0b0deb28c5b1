package main

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"drawbridge/shared/bank"
	"drawbridge/shared/identity"
	"drawbridge/shared/strictjson"
)

const maxPayload = 16 << 10 // bytes

// order is a command as it was given: well formed, its members all there and no others.
type order struct {
	command  string
	operator string
	dryRun   bool
	keep     bool              // keep_sessions
	text     map[string]string // the command's own members
	amount   bank.Amount       // the member of that name, read in its currency
}

func (o order) customerID() string { return o.text["customer_id"] }

// person is whom sub names at tenant, which may be left out.
func (o order) person() identity.Person {
	return identity.PersonOf(identity.Tenant(o.text["tenant"]), identity.Subject(o.text["sub"]))
}

func (o order) account() bank.AccountID { return bank.AccountID(o.text["account_id"]) }
func (o order) currency() bank.Currency { return bank.Currency(o.text["currency"]) }

// attributes are what an audit record says of the order.
func (o order) attributes() []slog.Attr {
	list := []slog.Attr{slog.String("command", o.command), slog.Bool("dry_run", o.dryRun)}
	if o.keep {
		list = append(list, slog.Bool("keep_sessions", true))
	}
	for _, name := range slices.Sorted(maps.Keys(o.text)) {
		if members[name].logged {
			list = append(list, slog.String(name, o.text[name]))
		}
	}
	return list
}

// readOrder reads a payload. A refusal names every member that is unknown, given twice, missing or malformed, and
// shows no value: one of them may be a password that stands under the wrong name.
func readOrder(payload []byte) (order, error) {
	if len(payload) > maxPayload {
		return order{}, refuse(invalidRequest, "The command is larger than 16 KiB.")
	}
	given, problems, err := readMembers(payload)
	if err != nil {
		return order{}, refuse(invalidRequest,
			"The command is not one well-formed JSON object of strings and booleans.")
	}
	name, _ := given["command"].Text()
	c, known := commands[name]
	if !known {
		return order{}, refuse(unknownCommand,
			"The member command must be one of "+strings.Join(slices.Sorted(maps.Keys(commands)), ", ")+".")
	}
	o := order{command: name, text: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		problems = append(problems, o.take(c, name, given[name])...)
	}
	for _, name := range append([]string{"operator"}, c.needs...) {
		if _, there := given[name]; !there {
			problems = append(problems, name+" is missing")
		}
	}
	if amount, there := o.text["amount"]; there && o.text["currency"] != "" {
		if o.amount, err = bank.ParseAmount(amount, o.currency()); err != nil {
			problems = append(problems, "amount is "+err.Error())
		}
	}
	if len(problems) > 0 {
		return order{command: o.command, operator: o.operator}, refuse(invalidRequest, strings.Join(problems, "; ")+".")
	}
	return o, nil
}

// readMembers returns the members by name, and which were given twice.
func readMembers(payload []byte) (given map[string]strictjson.Value, problems []string, err error) {
	given = map[string]strictjson.Value{}
	limits := strictjson.Limits{Depth: 2, AllowRepeatedNames: true} // they are refused here, by name
	err = limits.Object(string(payload), func(name string, value strictjson.Value) error {
		if _, twice := given[name]; twice {
			problems = append(problems, quoted(name)+" is given twice")
		}
		given[name] = value
		return nil
	})
	return given, problems, err
}

// take puts one member where it belongs, or says why it cannot.
func (o *order) take(c command, name string, value strictjson.Value) (problems []string) {
	switch {
	case name == "command":
		return nil
	case name != "operator" && name != "dry_run" && !slices.Contains(c.needs, name) && !slices.Contains(c.may, name):
		return []string{quoted(name) + " is not a member of " + o.command}
	case name == "dry_run" || name == "keep_sessions":
		truth, ok := value.Truth()
		if !ok {
			return []string{name + " must be true or false"}
		}
		if name == "dry_run" {
			o.dryRun = truth
		} else {
			o.keep = truth
		}
		return nil
	}
	text, ok := value.Text()
	if !ok {
		return []string{name + " must be a string"}
	}
	content, err := members[name].read(text)
	if err != nil {
		return []string{name + " is " + err.Error()}
	}
	if name == "operator" {
		o.operator = content
	} else {
		o.text[name] = content
	}
	return nil
}

// quoted shows a name that the caller chose.
func quoted(name string) string {
	const most = 40
	if utf8.RuneCountInString(name) > most {
		name = string([]rune(name)[:most]) + "…"
	}
	return fmt.Sprintf("%q", name)
}
