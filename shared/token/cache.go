package token

import (
	"crypto/sha256"
	"sync"
)

// cacheSize is how many verified tokens are remembered. A Lambda process serves one request at a time: 128 hold the
// bursts of a few callers.
const cacheSize = 128

// cache remembers verified tokens by their SHA-256. When it is full, the oldest entry makes room. It holds good tokens
// only: an attacker without tokens pushes none out.
type cache struct {
	mu      sync.Mutex
	entries map[[sha256.Size]byte]*Claims
	order   [][sha256.Size]byte // a ring
	next    int
}

func newCache(size int) *cache {
	return &cache{entries: make(map[[sha256.Size]byte]*Claims), order: make([][sha256.Size]byte, size)}
}

func (c *cache) get(digest [sha256.Size]byte) *Claims {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.entries[digest]
}

func (c *cache) put(digest [sha256.Size]byte, claims *Claims) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, there := c.entries[digest]; !there {
		delete(c.entries, c.order[c.next])
		c.order[c.next] = digest
		c.next = (c.next + 1) % len(c.order)
	}
	c.entries[digest] = claims
}

// forget leaves the digest in the ring, to be overwritten in its turn.
func (c *cache) forget(digest [sha256.Size]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, digest)
}
