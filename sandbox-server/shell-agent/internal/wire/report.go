package wire

import "encoding/json"

// Writer is who types, and since when (milliseconds since 1970).
type Writer struct {
	Device string `json:"device"`
	Since  int64  `json:"since"`
}

// Hello answers the server's.
type Hello struct {
	Type      string   `json:"type"`
	Version   int      `json:"version"`
	Instance  string   `json:"instance"`
	Terminals []string `json:"terminals"`
}

// Names is the message `terminals`.
type Names struct {
	Type  string   `json:"type"`
	Names []string `json:"names"`
}

// Opened is the first message of an attachment.
type Opened struct {
	Type          string  `json:"type"`
	Epoch         string  `json:"epoch"`
	IsNew         bool    `json:"isNew"`
	Offset        uint64  `json:"offset"`
	LiveOffset    uint64  `json:"liveOffset"`
	LostBytes     uint64  `json:"lostBytes"`
	InputSequence uint64  `json:"inputSequence"`
	Role          string  `json:"role"`
	Writer        *Writer `json:"writer"`
	Columns       int     `json:"columns"`
	Rows          int     `json:"rows"`
}

// Gap says which bytes are not sent any more.
type Gap struct {
	Type string `json:"type"`
	From uint64 `json:"from"`
	To   uint64 `json:"to"`
}

// Size says for which size the output from here on is made.
type Size struct {
	Type    string `json:"type"`
	Columns int    `json:"columns"`
	Rows    int    `json:"rows"`
}

// Role says who types now.
type Role struct {
	Type   string  `json:"type"`
	Role   string  `json:"role"`
	Writer *Writer `json:"writer"`
}

// State says what is in the foreground.
type State struct {
	Type              string  `json:"type"`
	Program           *string `json:"program"`
	IsAlternateScreen bool    `json:"isAlternateScreen"`
	Prompt            string  `json:"prompt"`
}

// Typed says what became of an order to type.
type Typed struct {
	Type              string  `json:"type"`
	ID                string  `json:"id"`
	Outcome           string  `json:"outcome"`
	Program           *string `json:"program"`
	IsAlternateScreen bool    `json:"isAlternateScreen"`
}

// Exited is the last message of a shell that has ended; the status is null where it is not known.
type Exited struct {
	Type   string `json:"type"`
	Status *int   `json:"status"`
}

// Error ends an attachment, or on channel 0 the connection.
type Error struct {
	Type string `json:"type"`
	Code string `json:"code"`
}

// AppendControl adds a control frame; the message must be one of this package.
func AppendControl(dst []byte, channel uint32, message any) []byte {
	body, err := json.Marshal(message)
	if err != nil {
		panic(err) // Our own structs of strings and numbers always have a JSON form.
	}
	return Append(dst, Frame{Channel: channel, Type: Control, Body: body})
}
