package customer

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"drawbridge/shared/digest"
	"drawbridge/shared/dynamo"
)

// Limit is how many passwords may be tried in vain in a window of time. Windows begin at fixed times, so the most
// that fits into any stretch as long as a window is twice Tries.
type Limit struct {
	Tries  int
	Window time.Duration
}

// Limits are the three that a try must pass.
//
// Counting per account alone would let a stranger lock the owner out, and counting per address alone would let a
// stranger with many addresses guess on. So an account has two counts. Addresses from which its owner has logged in
// within 90 days, by either way, are known; each pair of account and address has a count of its own, and tries from
// addresses that are not known share one more. A stranger uses up their own pair and the strangers' count: the owner at
// a known address notices nothing. An owner at a new address while an attack is on logs in by Auth0, where no password
// of ours is tried, and that makes the new address known.
//
// An address has two counts as well, since many people share one behind a router or a carrier: one of the accounts that
// know it (neighbours) and one of all others (address). A neighbour who guesses at accounts that they have never logged
// in to uses up the second, and the owners there notice nothing.
type Limits struct {
	Pair      Limit // one account from one address; a login from there sets it back
	Strangers Limit // one account from all addresses that are not known
	Address   Limit // all accounts that know one address, and as many tries again at all that do not
}

// DefaultLimits allow 5 failures in a row (PSD2 RTS article 4(3)(b)), at most 20 guesses an hour at one account from
// everywhere unknown (NIST SP 800-63B allows 100 in a row), and 100 in a quarter of an hour from one address, behind
// which there may be a whole office, twice.
var DefaultLimits = Limits{
	Pair:      Limit{Tries: 5, Window: 15 * time.Minute},
	Strangers: Limit{Tries: 20, Window: time.Hour},
	Address:   Limit{Tries: 100, Window: 15 * time.Minute},
}

const knownFor = 90 * 24 * time.Hour

// Throttled says that too much was tried, and when the next try will be looked at. It is the same whether the account
// exists or not, and whether the password would have been right.
type Throttled struct {
	By         string // pair, strangers, address or neighbours
	RetryAfter time.Duration
}

func (t *Throttled) Error() string {
	return fmt.Sprintf("customer: too many tries (%s)", t.By)
}

// counter is one count in its present window. A window has an item of its own, so that counting is one unconditional
// step: nobody has to notice that a window is over.
type counter struct {
	by    string
	key   string
	limit Limit
	ends  time.Time
}

func (l Limit) counter(by, of string, now time.Time) counter {
	start := now.Truncate(l.Window)
	return counter{by: by, key: "tries#" + by + "#" + of + "#" + strconv.FormatInt(start.Unix(), 10), limit: l,
		ends: start.Add(l.Window)}
}

// payment is a try that has been paid for.
type payment struct {
	d                *Directory
	account, address string
	pair             counter
	shared           []counter
}

// pay counts one try at account from address before it is looked at, or returns a [*Throttled] and counts nothing.
// It is one transaction: a lost answer does not count a try twice.
func (d *Directory) pay(ctx context.Context, account, address string) (payment, error) {
	address = network(address)
	known, err := d.read(ctx, knownKey(account, address))
	if err != nil {
		return payment{}, err
	}
	now := d.Now()
	p := payment{d: d, account: account, address: address,
		pair: d.Limits.Pair.counter("pair", digest.Of(account + " " + address)[:32], now)}
	if now.Before(dynamo.TimeOf(known["expires_at"])) {
		p.shared = []counter{d.Limits.Address.counter("neighbours", address, now)}
	} else {
		p.shared = []counter{d.Limits.Address.counter("address", address, now),
			d.Limits.Strangers.counter("strangers", account, now)}
	}
	counters := append([]counter{p.pair}, p.shared...)
	writes := make([]types.TransactWriteItem, len(counters))
	for i, c := range counters {
		writes[i] = d.count(c, +1)
	}
	err = dynamo.Transact(ctx, d.Client, writes...)
	reasons, _ := dynamo.Cancellation(err)
	var throttled *Throttled
	for i, reason := range reasons {
		if wait := counters[i].ends.Sub(now); dynamo.Failed(reason) &&
			(throttled == nil || wait > throttled.RetryAfter) {
			throttled = &Throttled{By: counters[i].by, RetryAfter: wait}
		}
	}
	if throttled != nil {
		return payment{}, throttled
	}
	return p, failed("count a try", err)
}

// giveBack is what a login does to the counters: it begins the pair's anew, takes its own try off the shared ones
// and makes the address known.
func (p payment) giveBack() []types.TransactWriteItem {
	writes := []types.TransactWriteItem{
		{Delete: &types.Delete{TableName: &p.d.Table, Key: key(p.pair.key)}},
		p.d.know(p.account, p.address),
	}
	for _, c := range p.shared {
		writes = append(writes, p.d.count(c, -1))
	}
	return writes
}

func (d *Directory) count(c counter, by int64) types.TransactWriteItem {
	update := &types.Update{
		TableName: &d.Table, Key: key(c.key),
		UpdateExpression:          new("ADD tries :by SET expires_at = :end"),
		ExpressionAttributeValues: dynamo.Item{":by": dynamo.Number(by), ":end": dynamo.Seconds(c.ends)},
	}
	if by > 0 {
		update.ConditionExpression = new("attribute_not_exists(tries) OR tries < :max")
		update.ExpressionAttributeValues[":max"] = dynamo.Number(int64(c.limit.Tries))
	}
	return types.TransactWriteItem{Update: update}
}

// know makes address one from which the owner of account has logged in.
func (d *Directory) know(account, address string) types.TransactWriteItem {
	row := key(knownKey(account, address))
	row["expires_at"] = dynamo.Seconds(d.Now().Add(knownFor))
	return types.TransactWriteItem{Put: &types.Put{TableName: &d.Table, Item: row}}
}

func knownKey(account, address string) string { return "known#" + digest.Of(account+" "+address) }

// network is what counts as one address: an IPv4 address, or the /64 of an IPv6 address, all of which one subscriber
// has.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return "unparsed " + digest.Of(address)[:32]
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	prefix, _ := ip.Prefix(64) // 64 bits always fit an IPv6 address
	return prefix.String()
}
