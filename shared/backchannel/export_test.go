package backchannel

var (
	Details     = details
	SameDetails = sameDetails
)
