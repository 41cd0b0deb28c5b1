package main

import (
	"fmt"
	"strconv"
	"time"

	"drawbridge/shared/bank"
	"drawbridge/shared/rest"
)

const usualPage = 20

// pageOf reads what GET /transfers is asked for: limit, next, from and to. What was sent empty was sent wrong, but for
// next, whose empty value begins.
func pageOf(r *rest.Request) (page bank.Page, err error) {
	page.Limit = usualPage
	if text, sent := r.Query("limit"); sent {
		if page.Limit, err = pageSize(text); err != nil {
			return page, err
		}
	}
	page.Cursor, _ = r.Query("next")
	if page.From, err = moment(r, "from"); err != nil {
		return page, err
	}
	if page.To, err = moment(r, "to"); err != nil {
		return page, err
	}
	if !page.From.IsZero() && !page.To.IsZero() && !page.From.Before(page.To) {
		return page, rest.Refuse("invalid_request", "from must be before to.")
	}
	return page, nil
}

func pageSize(text string) (int, error) {
	limit, err := strconv.Atoi(text)
	if err != nil || limit < 1 || limit > bank.MaxPage || strconv.Itoa(limit) != text {
		return 0, rest.Refuse("invalid_request", fmt.Sprintf("limit must be a number from 1 to %d.", bank.MaxPage))
	}
	return limit, nil
}

// moment reads a day, which begins at midnight UTC, or a time of RFC 3339.
func moment(r *rest.Request, name string) (time.Time, error) {
	text, sent := r.Query(name)
	if !sent {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		// Four digits of a year are all that sorts.
		if at, err := time.Parse(layout, text); err == nil && at.UTC().Year() >= 1 && at.UTC().Year() <= 9999 &&
			!at.IsZero() {
			return at, nil
		}
	}
	return time.Time{}, rest.Refuse("invalid_request",
		name+" must be a day, as 2026-11-27, or a time, as 2026-11-27T09:30:00Z; write + as %2B.")
}
