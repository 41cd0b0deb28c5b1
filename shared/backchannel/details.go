package backchannel

import (
	"encoding/json"
	"io"
	"reflect"
	"strings"

	"drawbridge/shared/approval"
)

// DetailsType is the type that auth0/tenant.yaml registers on the API.
const DetailsType = "urn:auth0:schemas:authorization-details:v1:transfer"

// detail is one object of authorization_details in the one schema that Auth0's Guardian app shows: at most ten
// properties, and values of at most 255 characters.
//
// https://auth0.com/docs/get-started/apis/configure-rich-authorization-requests
type detail struct {
	Type        string              `json:"type"`
	Instruction string              `json:"instruction"`
	Properties  map[string]property `json:"properties"`
}

type property struct {
	Display bool   `json:"display"`
	Name    string `json:"name,omitempty"`
	Order   int    `json:"display_order,omitempty"`
	Value   string `json:"value"`
}

// details are what the phone shows of a transfer, and, hidden, the digest of its key. They are the same text for the
// same request, always.
func details(r Request) string {
	t := r.Transfer
	properties := map[string]property{
		"amount": {Display: true, Name: "Amount", Order: 1, Value: t.Amount.Format(t.Currency) + " " + string(t.Currency)},
		"payee":  {Display: true, Name: "To", Order: 2, Value: string(t.To)},
		"from":   {Display: true, Name: "From", Order: 3, Value: string(t.From)},
		"key":    {Value: t.Key},
	}
	if r.Reference != "" {
		properties["reference"] = property{Display: true, Name: "Reference", Order: 4, Value: string(r.Reference)}
	}
	text, err := json.Marshal([]detail{{Type: DetailsType, Instruction: "Approve this transfer", Properties: properties}})
	if err != nil {
		panic("backchannel: details that are not JSON: " + err.Error()) // strings, a number, a boolean: cannot happen
	}
	return string(text)
}

// sameDetails tells whether two texts of details mean the same: each value, each name, no member more or less. Their
// white space, escapes and the order of their members may differ. Package token refuses a text with a name twice.
func sameDetails(got, want string) bool {
	read := func(text string) (value any, ok bool) {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber() // 1.0 is not the 1 that was sent
		if decoder.Decode(&value) != nil {
			return nil, false
		}
		_, err := decoder.Token()
		return value, err == io.EOF
	}
	g, gotten := read(got)
	w, wanted := read(want)
	return gotten && wanted && reflect.DeepEqual(g, w)
}

// bindingMessage is shown on both devices: at most 64 of Auth0's letters, digits and +-_.,:#.
func bindingMessage(t approval.Transfer) string {
	return t.Amount.Format(t.Currency) + "_" + string(t.Currency) + "_to_" + string(t.To)
}
