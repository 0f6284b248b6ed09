package wire

import (
	"encoding/json"
	"fmt"
	"regexp"
	"unicode/utf8"
)

// Versions that the agent speaks, newest first.
var Versions = []int{1}

const (
	// MaxColumns and MaxRows bound what a redraw costs.
	MaxColumns = 1000
	MaxRows    = 500

	maxDevice = 80
	maxID     = 80
	maxEpoch  = 64
	maxServer = 128
	// MaxSafeOffset is what a browser's number can hold.
	MaxSafeOffset = 1<<53 - 1
)

var (
	terminalName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	clientID     = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)
)

// Resume says which byte a browser wants next of which shell.
type Resume struct {
	Epoch  string `json:"epoch"`
	Offset uint64 `json:"offset"`
}

// Order is any control message of the server; Type says which fields matter.
type Order struct {
	Type string `json:"type"`

	Versions []int  `json:"versions"`
	Server   string `json:"server"`

	Terminal string  `json:"terminal"`
	Client   string  `json:"client"`
	Device   string  `json:"device"`
	Wish     string  `json:"wish"`
	Columns  int     `json:"columns"`
	Rows     int     `json:"rows"`
	IsFresh  bool    `json:"isFresh"`
	Resume   *Resume `json:"resume"`

	ID       string `json:"id"`
	Text     string `json:"text"`
	IsForced bool   `json:"isForced"`
}

// DecodeOrder checks everything that the agent will rely on.
func DecodeOrder(body []byte) (Order, error) {
	var order Order
	if err := json.Unmarshal(body, &order); err != nil {
		return Order{}, fmt.Errorf("%w: %w", ErrFrame, err)
	}
	if !isGood(order) {
		return Order{}, fmt.Errorf("%w: a bad field in %q", ErrFrame, order.Type)
	}
	return order, nil
}

func isGood(o Order) bool {
	switch o.Type {
	case "hello":
		return len(o.Versions) > 0 && o.Server != "" && len(o.Server) <= maxServer
	case "open":
		return terminalName.MatchString(o.Terminal) && clientID.MatchString(o.Client) &&
			utf8.RuneCountInString(o.Device) <= maxDevice && (o.Wish == "write" || o.Wish == "view") && isSize(o) &&
			(o.Resume == nil || (len(o.Resume.Epoch) <= maxEpoch && o.Resume.Offset <= MaxSafeOffset))
	case "resize":
		return isSize(o)
	case "type":
		return o.ID != "" && len(o.ID) <= maxID
	case "ping", "pong", "take", "end", "detach":
		return true
	}
	return false
}

func isSize(o Order) bool {
	return o.Columns >= 1 && o.Columns <= MaxColumns && o.Rows >= 1 && o.Rows <= MaxRows
}
