package gateway

import (
	"crypto/sha256"
	"fmt"
	"sync"
	"time"
)

// cache keeps authorizers' answers for their time to live. The key is the
// authorizer and all its identity sources; the method is not in it, so one
// answer serves every route, as on AWS. Keys are digests: no token is kept.
type cache struct {
	mu      sync.Mutex
	entries map[cacheKey]cacheEntry
}

type cacheKey [sha256.Size]byte

type cacheEntry struct {
	output authorizerOutput
	until  time.Time
}

// cacheSize bounds the memory that callers with ever new tokens can take.
const cacheSize = 4096

// newCacheKey digests parts so that no two lists of parts have the same key.
func newCacheKey(parts []string) cacheKey { return sha256.Sum256(fmt.Appendf(nil, "%q", parts)) }

func (c *cache) get(key cacheKey, now time.Time) (authorizerOutput, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	entry, ok := c.entries[key]
	if !ok || !now.Before(entry.until) {
		return authorizerOutput{}, false
	}
	return entry.output, true
}

func (c *cache) put(key cacheKey, output authorizerOutput, until, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.entries) >= cacheSize {
		for key, entry := range c.entries {
			if !now.Before(entry.until) {
				delete(c.entries, key)
			}
		}
	}
	if c.entries == nil || len(c.entries) >= cacheSize {
		c.entries = map[cacheKey]cacheEntry{}
	}
	c.entries[key] = cacheEntry{output: output, until: until}
}
