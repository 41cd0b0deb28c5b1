package metering

// The worked example: what a customer of a bank does in a month. Auth0's charges are not in it.
const (
	customers   = 10_000
	transfersOf = 3 // accepted ones, of a customer in a month

	months         = 12                // how long the bank has been running
	hours          = 730               // of a month
	seconds        = hours * 3600      // of a month: X-Ray records the first request of each
	itemOverhead   = 100               // bytes that DynamoDB's storage adds to each item
	gigabyte       = 1_000_000_000     // bytes; AWS counts 2^30 in places, which is cheaper
	customersItems = 5                 // of a customer: the customer, username, e-mail, identity, known address
	accountsOf     = 2                 // of a customer
	reconcileTrips = 3                 // of a customer in a walk: accounts, ledger, accounts
	reconcileRate  = hours * customers // looks at a customer in a month, at one whole walk an hour
)

// month is how often a customer sends what. They sign in ten times at Auth0, for each of which, and for each step-up, the
// Action fetches a session_id; and four times at the bank's own login.
var month = []struct {
	route string
	times float64
}{
	{"POST /nonce", 10 + transfersOf},
	{"GET /balance, an Auth0 token", 10},
	{"GET /balance again within a minute", 10},
	{"GET /transfers, a page of 20", 10},
	{"POST /transfer, the scope is missing", transfersOf},
	{"POST /transfer, accepted", transfersOf},
	{"POST /transfer, the same sent again", 0.3},
	{"POST /transfer, not enough money", 0.1},
	{"POST /login, a password", 2},
	{"POST /login, an id_token", 2},
	{"POST /login, a wrong password", 0.3},
	{"GET /balance, a code of the bank's login", 4},
	{"GET /balance, a code, its idle clock is moved", 4},
	{"POST /logout", 2},
	{"refused: a token that has expired", 2},
	{"refused: no token", 1},
	{"OPTIONS, a browser's preflight", 25},
}

// example is a month of the bank, in dollars.
type example struct {
	requests                                                 float64
	routes                                                   bill // but for the traces
	traces, storage, recovery, logStorage                    float64
	reconcileReads, reconcileCompute, alarms, metrics, board float64
	bytes, logged                                            float64
}

func (e example) total() float64 {
	return e.routes.total() + e.traces + e.storage + e.recovery + e.logStorage + e.reconcileReads + e.reconcileCompute + e.alarms + e.metrics + e.board
}

func theExample(fixed monthly, custom int) (e example) {
	for _, m := range month {
		r := named(m.route)
		b, share := r.bill(), m.times*customers/million
		e.requests += m.times * customers
		e.routes.gateway += b.gateway * share
		e.routes.lambda += b.lambda * share
		e.routes.dynamo += b.dynamo * share
		e.routes.logs += b.logs * share
		e.routes.out += b.out * share
		e.logged += float64(r.allLogged()) * m.times * customers
	}
	recorded := min(e.requests, seconds)
	e.traces = trace.of(recorded + traced*(e.requests-recorded))

	entries := float64(2 * transfersOf * months) // each transfer is one of the payer's and one of the payee's
	stored := customersItems*(sizes["CustomersTable"]+itemOverhead) + accountsOf*(sizes["AccountsTable"]+itemOverhead) +
		transfersOf*months*(sizes["TransfersTable"]+itemOverhead) + int(entries)*(sizes["LedgerTable"]+itemOverhead)
	e.bytes = float64(stored) * customers
	e.storage, e.recovery = tableStorage.of(e.bytes/gigabyte), recovery.of(e.bytes/gigabyte)
	e.logStorage = logStorage.of(e.logged * months / gigabyte)

	looked := 2 + blocks(int(entries)*sizes["LedgerTable"], readBlock)
	e.reconcileReads = readUnit.of(reconcileRate * looked)
	e.reconcileCompute = lambdaCompute.of(reconcileRate * reconcileTrips * plainTrip / 1000 * 256 / 1024)
	e.alarms, e.metrics, e.board = alarmMetric.of(float64(fixed.alarmMetrics)), customMetric.of(float64(custom)), dashboard.of(float64(fixed.dashboards))
	return e
}

// named finds a row.
func named(name string) route {
	for _, r := range routes {
		if r.name == name {
			return r
		}
	}
	panic("there is no row " + name)
}
