package main

import (
	"fmt"
	"net"
)

// listen takes a port of the loopback interface.
func listen(port int, what string) (net.Listener, error) {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, &problem{
			what:  fmt.Sprintf("port %d, for %s, cannot be had", port, what),
			cure:  "End the program that has it (another Drawbridge?), or choose others with --base-port.",
			cause: err,
		}
	}
	return listener, nil
}

// checkFree finds out early whether a port is free that a child will take.
func checkFree(port int, what string) error {
	listener, err := listen(port, what)
	if err != nil {
		return err
	}
	return listener.Close()
}
