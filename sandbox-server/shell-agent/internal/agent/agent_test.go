package agent

import (
	"strings"
	"testing"

	"podium.dev/sandbox-server/shell-agent/internal/wire"
)

// printed gathers output of a channel, acknowledging it, until the text has come.
func (p *peer) printed(channel uint32, text string) (all string, end uint64) {
	p.t.Helper()
	for !strings.Contains(all, text) {
		got := p.next()
		if got.Channel != channel || got.Type != wire.Output {
			continue
		}
		if end != 0 && got.Number != end {
			p.t.Fatalf("output went on at %d instead of %d", got.Number, end)
		}
		all += string(got.Body)
		end = got.Number + uint64(len(got.Body))
		p.frame(channel, wire.Ack, end, "")
	}
	return all, end
}

func TestShellTypesAndPrints(t *testing.T) {
	p := connect(t, startAgent(t), "server")
	opened := p.open(1, nil)
	if opened["isNew"] != true || opened["role"] != "writer" || opened["offset"] != 0.0 {
		t.Fatalf("opened as %v", opened)
	}
	p.frame(1, wire.Input, 1, "echo $((6*7)) $TERM $COLORTERM; stty size\r")
	p.printed(1, "42 xterm-256color truecolor\r\n24 80\r\n")
}

// A write of nothing but an acceptance would come before the echo that it rides on, and cost as much.
func TestEchoComesWithItsAcceptanceAlsoAfterAnAck(t *testing.T) {
	p := connect(t, startAgent(t), "server")
	p.open(1, nil)
	p.frame(1, wire.Input, 1, "cat\r")
	_, drawn := p.printed(1, "cat\r\n")
	early := 0
	const keys = 200
	for sequence := uint64(2); sequence < 2+keys; sequence++ {
		ack := wire.Frame{Channel: 1, Type: wire.Ack, Number: drawn}
		key := wire.Frame{Channel: 1, Type: wire.Input, Number: sequence, Body: []byte("x")}
		p.send(wire.Append(wire.Append(nil, ack), key))
		for hasEcho, isAccepted := false, false; !hasEcho || !isAccepted; {
			switch got := p.next(); got.Type {
			case wire.Output:
				hasEcho, drawn = true, got.Number+uint64(len(got.Body))
			case wire.Accepted:
				isAccepted = got.Number >= sequence
				if isAccepted && !hasEcho {
					early++
				}
			}
		}
	}
	if early > keys/10 {
		t.Fatalf("%d of %d keys were accepted before their echo", early, keys)
	}
}

func TestResumeLosesAndDoublesNothing(t *testing.T) {
	path := startAgent(t)
	p := connect(t, path, "server")
	opened := p.open(1, nil)
	p.frame(1, wire.Input, 1, "echo be''fore\r")
	_, end := p.printed(1, "before\r\n")
	p.close()

	p = connect(t, path, "another server")
	again := p.open(7, map[string]any{"resume": map[string]any{"epoch": opened["epoch"], "offset": end}})
	if again["isNew"] != false || again["offset"] != float64(end) || again["inputSequence"] != 1.0 ||
		again["lostBytes"] != 0.0 || again["role"] != "writer" {
		t.Fatalf("resumed as %v", again)
	}
	p.frame(7, wire.Input, 1, "echo tw''ice\r")
	p.frame(7, wire.Input, 2, "echo af''ter\r")
	if all, _ := p.printed(7, "after\r\n"); strings.Contains(all, "twice") {
		t.Fatalf("an input was typed again: %q", all)
	}
}

func TestNewBrowserGetsAScreenFirst(t *testing.T) {
	path := startAgent(t)
	p := connect(t, path, "server")
	p.open(1, nil)
	p.frame(1, wire.Input, 1, "echo hel''lo\r")
	p.printed(1, "hello\r\n")
	p.open(2, map[string]any{"client": "another-tab", "wish": "view"})
	for {
		got := p.next()
		if got.Channel != 2 || got.Type == wire.Control {
			continue
		}
		if got.Type != wire.Screen {
			t.Fatalf("frame of type %d came before the screen", got.Type)
		}
		break
	}
	p.printed(2, "hello\r\n")
}

func TestTakeMakesTheOtherAViewer(t *testing.T) {
	p := connect(t, startAgent(t), "server")
	p.open(1, nil)
	opened := p.open(2, map[string]any{"client": "another-tab", "device": "tablet", "columns": 100})
	if opened["role"] != "viewer" {
		t.Fatalf("opened as %v", opened)
	}
	p.frame(2, wire.Input, 1, "echo vie''wer\r")
	p.say(2, map[string]any{"type": "take"})
	role := p.message(1, "role")
	if role["role"] != "viewer" || role["writer"].(map[string]any)["device"] != "tablet" {
		t.Fatalf("the former writer heard %v", role)
	}
	p.frame(1, wire.Input, 1, "echo for''mer\r")
	p.frame(2, wire.Input, 2, "stty size\r")
	if all, _ := p.printed(2, "24 100\r\n"); strings.Contains(all, "viewer") || strings.Contains(all, "former") {
		t.Fatalf("a viewer typed: %q", all)
	}
	p.say(1, map[string]any{"type": "take"})
	p.message(2, "role")
	p.say(1, map[string]any{"type": "detach"})
	if role := p.message(2, "role"); role["role"] != "writer" {
		t.Fatalf("nobody writes after the writer has gone: %v", role)
	}
}

func TestExitIsToldAfterTheLastOutputAndKept(t *testing.T) {
	p := connect(t, startAgent(t), "server")
	first := p.open(1, nil)
	p.frame(1, wire.Input, 1, "echo by''e; exit 7\r")
	p.printed(1, "bye\r\n")
	if exited := p.message(1, "exited"); exited["status"] != 7.0 {
		t.Fatalf("exited as %v", exited)
	}
	second := p.open(2, nil)
	if second["epoch"] != first["epoch"] {
		t.Fatal("a shell that had exited was replaced unasked")
	}
	p.printed(2, "bye\r\n")
	p.message(2, "exited")
	if third := p.open(3, map[string]any{"isFresh": true}); third["epoch"] == first["epoch"] || third["isNew"] != true {
		t.Fatalf("no fresh shell: %v", third)
	}
}

func TestEndFreesTheNameAndKillsWhatRuns(t *testing.T) {
	p := connect(t, startAgent(t), "server")
	p.open(1, nil)
	p.frame(1, wire.Input, 1, "trap '' HUP; echo rea''dy; sleep 1000\r")
	p.printed(1, "ready\r\n")
	p.say(1, map[string]any{"type": "end"})
	if exited := p.message(1, "exited"); exited["status"] != nil {
		t.Fatalf("exited as %v", exited)
	}
	if again := p.open(2, nil); again["isNew"] != true {
		t.Fatalf("the name is not free: %v", again)
	}
}

func TestTypingOnceAndNotIntoAProgram(t *testing.T) {
	p := connect(t, startAgent(t), "server")
	p.open(1, nil)
	order := map[string]any{"type": "type", "id": "a", "text": "sleep 1000\r", "isForced": false}
	p.say(1, order)
	if typed := p.message(1, "typed"); typed["outcome"] != "typed" || typed["program"] != nil {
		t.Fatalf("typed as %v", typed)
	}
	p.say(1, order)
	if typed := p.message(1, "typed"); typed["outcome"] != "repeated" {
		t.Fatalf("typed as %v", typed)
	}
	for state := p.message(1, "state"); state["program"] != "sleep"; {
		state = p.message(1, "state")
	}
	order["id"] = "b"
	p.say(1, order)
	if typed := p.message(1, "typed"); typed["outcome"] != "busy" || typed["program"] != "sleep" {
		t.Fatalf("typed as %v", typed)
	}
	order["isForced"], order["text"] = true, "\x03"
	p.say(1, order)
	if typed := p.message(1, "typed"); typed["outcome"] != "typed" {
		t.Fatalf("typed as %v", typed)
	}
	for state := p.message(1, "state"); state["program"] != nil; {
		state = p.message(1, "state")
	}
}

func TestNewConnectionOfAServerEndsItsOlderOne(t *testing.T) {
	path := startAgent(t)
	older := connect(t, path, "server")
	connect(t, path, "server")
	if err := <-older.done; err != nil {
		t.Fatal(err)
	}
}

func TestBrokenRulesEndTheConnection(t *testing.T) {
	path := startAgent(t)
	for name, octets := range map[string][]byte{
		"no hello":       wire.AppendControl(nil, 0, notice{Type: "ping"}),
		"too long":       {0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"too short":      {0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"no JSON":        wire.Append(nil, wire.Frame{Body: []byte("{")}),
		"a bad terminal": wire.AppendControl(nil, 1, wire.Order{Type: "open", Terminal: "../x"}),
	} {
		t.Run(name, func(t *testing.T) {
			p := connectSilently(t, path)
			p.send(octets)
			<-p.done
		})
	}
}

func TestUnknownVersionIsRefusedInWords(t *testing.T) {
	p := connectSilently(t, startAgent(t))
	p.say(0, map[string]any{"type": "hello", "versions": []int{99}, "server": "x"})
	if refusal := p.message(0, "error"); refusal["code"] != "version" {
		t.Fatalf("refused as %v", refusal)
	}
	<-p.done
}

func TestReady(t *testing.T) {
	if err := Ask(startAgent(t)); err != nil {
		t.Fatal(err)
	}
}

func TestFloodIsHeldBackByTheWriterAlone(t *testing.T) {
	p := connect(t, startAgent(t), "server")
	p.open(1, nil)
	p.frame(1, wire.Input, 1, "yes\r")
	var sent uint64
	for sent < 256<<10 {
		if got := p.next(); got.Type == wire.Output {
			sent = got.Number + uint64(len(got.Body))
		}
	}
	if sent != 256<<10 {
		t.Fatalf("%d bytes came ahead of the ack", sent)
	}
	// Nobody acknowledges: after its patience the agent reads on, and the writer has a gap when it is back.
	p.open(2, map[string]any{"client": "another-tab", "wish": "view"})
	for {
		got := p.next()
		if got.Channel == 2 && got.Type == wire.Output {
			end := got.Number + uint64(len(got.Body))
			p.frame(2, wire.Ack, end, "")
			if end > 4<<20 {
				break
			}
		}
	}
	p.frame(1, wire.Ack, sent, "")
	gap := p.message(1, "gap")
	if gap["from"] != float64(sent) {
		t.Fatalf("a gap of %v", gap)
	}
	p.frame(1, wire.Input, 2, "\x03echo do''ne\r")
}
