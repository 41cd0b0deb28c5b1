package dynamo

import (
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Item is an item, a key, or the values of an expression.
type Item = map[string]types.AttributeValue

// Text is the attribute value of a string.
func Text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

// Number is the attribute value of an integer.
func Number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// Seconds is the attribute value of a time in whole seconds since 1970, as TTL wants it.
func Seconds(t time.Time) types.AttributeValue { return Number(t.Unix()) }

// Set is the attribute value of a set of strings: at least one, none twice.
func Set(members ...string) types.AttributeValue {
	return &types.AttributeValueMemberSS{Value: members}
}

// TextOf returns the string in v, or "" if v is missing or no string.
func TextOf(v types.AttributeValue) string {
	if s, ok := v.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

// SetOf returns the strings of the set in v, none if v is missing or no set of strings.
func SetOf(v types.AttributeValue) []string {
	if s, ok := v.(*types.AttributeValueMemberSS); ok {
		return s.Value
	}
	return nil
}

// NumberOf returns the integer in v, or 0 if v is missing or no integer.
func NumberOf(v types.AttributeValue) int64 {
	if n, ok := v.(*types.AttributeValueMemberN); ok {
		i, _ := strconv.ParseInt(n.Value, 10, 64)
		return i
	}
	return 0
}

// TimeOf returns the time in v; a missing one lies in 1970, so what should have an end and has none has ended.
func TimeOf(v types.AttributeValue) time.Time { return time.Unix(NumberOf(v), 0) }
