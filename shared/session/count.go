package session

import "context"

// Count returns how many sessions RevokeAll would end. Some of them may have ended already: they are taken out when
// they are swept, revoked, or in the way of another.
func (s *Store) Count(ctx context.Context, customerID string) (int, error) {
	ids, err := s.codesOf(ctx, customerID)
	return len(ids), err
}
