package gateway_test

func elsewhere() []chapter { return nil }

const differences = ""
