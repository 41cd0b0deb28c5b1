package engine

import (
	"crypto/rand"
	"fmt"
	"io"
	"net"
)

// privateAddress is a free port of a loopback address drawn at random.
//
// Dynoxide lets scripts of every web page read and write (access-control-allow-origin: *), and cannot listen on a
// socket of the file system. A page that does not know the address would have to try 2^24 addresses with 2^15 ports
// each. macOS and the BSDs have 127.0.0.1 alone, where a page can try all ports in minutes: progress is told so.
func privateAddress(progress io.Writer) (string, error) {
	var random [3]byte
	_, _ = rand.Read(random[:]) // never fails
	listener, err := net.Listen("tcp", fmt.Sprintf("127.%d.%d.%d:0", 1+random[0]%254, random[1], 1+random[2]%254))
	if err != nil {
		if listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return "", err
		}
		if progress != nil {
			fmt.Fprintln(
				progress,
				"127.0.0.1 is the only loopback address here: a web page that tries all ports finds the engine",
			)
		}
	}
	return listener.Addr().String(), listener.Close()
}
