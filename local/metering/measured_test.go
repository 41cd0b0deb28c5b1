package metering

// What TestMeasure printed on 2026-11-22 on a virtual machine with 2 cores (linux/amd64, AMD EPYC) and Go 1.26.8, in
// microseconds of processor time for one warm invocation. It is not Lambda and not arm64; nobody has run this on AWS.
var cpu = map[string]struct{ authorizer, function float64 }{
	"GET /balance, an Auth0 token":                  {580, 1900},
	"GET /balance again within a minute":            {460, 1070},
	"GET /balance, a code of the bank's login":      {1010, 1330},
	"GET /balance, a code, its idle clock is moved": {1380, 1360},
	"GET /transfers, a page of 20":                  {650, 2460},
	"POST /transfer, accepted":                      {610, 2140},
	"POST /transfer, the same sent again":           {540, 1360},
	"POST /transfer, the scope is missing":          {460, 610},
	"POST /transfer, not enough money":              {530, 2260},
	"POST /nonce":                                   {540, 1410},
	"POST /login, a password":                       {0, 25890},
	"POST /login, an id_token":                      {0, 2610},
	"POST /login, the same id_token again":          {0, 3460},
	"POST /login, a wrong password":                 {0, 28820},
	"POST /logout":                                  {930, 1600},
	"refused: a code that is revoked":               {550, 0},
	"refused: a token that has expired":             {470, 0},
	"refused: no token":                             {0, 0},
	"OPTIONS, a browser's preflight":                {0, 0},
	"POST /login, a password, with 20 sessions":     {0, 28300},
}

// What is assumed of Lambda and DynamoDB, where nothing could be measured.
const (
	// fullCPU is the memory that comes with one processor; less memory has less in proportion
	// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html).
	fullCPU = 1769.0
	// plainTrip and transactTrip are the round trips in milliseconds. AWS says "single-digit millisecond"; a transaction
	// writes twice.
	plainTrip, transactTrip = 5.0, 10.0
	// refusalFloor is the least that a refused login takes, in milliseconds (functions/login).
	refusalFloor = 250.0
	// traced is the share of requests that X-Ray's default rule records beyond the first of each second.
	traced = 0.05
)
