package vt

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

func FuzzScreenTakesAnything(f *testing.F) {
	f.Add([]byte("\x1b[?1049h\x1b[2;3r\x1b[5@\x1b]8;;http://x\x07日本\x1b7\x1b[!p"), uint16(80), uint16(24))
	f.Add([]byte("\x1b[999999999999b\x1b[;;;;;;m\x1b]0;"), uint16(1), uint16(1))
	f.Fuzz(func(t *testing.T, output []byte, columns, rows uint16) {
		screen := NewScreen(int(columns%200), int(rows%60))
		half := len(output) / 2
		screen.Write(output[:half])
		screen.Resize(int(rows%60), int(columns%200))
		copied := screen.Clone()
		before := screen.Serialize()
		copied.Write(output[half:])
		if !bytes.Equal(before, screen.Serialize()) {
			t.Fatal("a copy has changed what it was made of")
		}
		screen.Write(output[half:])
		drawing := screen.Serialize()
		if !bytes.Equal(drawing, copied.Serialize()) {
			t.Fatal("a copy has gone on otherwise")
		}
		if len(drawing) > MaxSerialized+maxPending {
			t.Fatalf("a drawing of %d bytes", len(drawing))
		}
	})
}

func TestScreenIsTheSameHoweverOutputIsCut(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	pieces := []string{
		"text", "\x1b[31m", "日本", "\r\n", "\x1b[2;5H", "\x1b[?1049h", "\x1b[?1049l", "\x1b]2;title\x07", "\x1b[J",
		"\x1b[38;2;1;2;3m", "e\u0301", "\x1b(0qqq\x1b(B", "\x1b[3;8r", strings.Repeat("long ", 30), "\xff\xc3", "\x1bM",
	}
	for range 300 {
		var output []byte
		for range 40 {
			output = append(output, pieces[random.IntN(len(pieces))]...)
		}
		whole, cut := NewScreen(20, 10), NewScreen(20, 10)
		whole.Write(output)
		for rest := output; len(rest) > 0; {
			n := 1 + random.IntN(min(7, len(rest)))
			cut.Write(rest[:n])
			rest = rest[n:]
		}
		if !bytes.Equal(whole.Serialize(), cut.Serialize()) {
			t.Fatalf("cut output draws another screen: %q", output)
		}
	}
}

// Octet by octet nothing can be left out.
func TestLinesThatScrollOutLeaveNothingBehind(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	heads := []string{
		"", "\x1b[31;44m", "\x1b[3;10r", "\x1b[1;8r", "\x1b[1;8r\x1b[10H", "\x1b[5;5Hmark\x1b[H", "\x1b[9;5Hmark\x1b[H", "\x1b[?6h", "\x1b[4h", "\x1b[?7l", "\x1b[20h", "\x1b(0", "\x1b[?1049h", "\x1b7",
		"日本\x1b[9;9H", "\x1b[2", "\xe3\x81", strings.Repeat("x", 50), "\x1b[3g\x1b[5G\x1bH",
	}
	tails := []string{"\r\n", "\r\n", "\n", "\r", "\t", "word ", strings.Repeat("long ", 9), "\r\n\r\n"}
	for range 300 {
		var output []byte
		for range 3 {
			output = append(output, heads[random.IntN(len(heads))]...)
		}
		for range 30 + random.IntN(90) {
			output = append(output, tails[random.IntN(len(tails))]...)
		}
		whole, cut := NewScreen(20, 10), NewScreen(20, 10)
		whole.Write(output)
		for i := range output {
			cut.Write(output[i : i+1])
		}
		// What goes on from there may depend on what is not drawn.
		for _, screen := range []*Screen{whole, cut} {
			screen.Write([]byte("\x1b[3b\u0301\b\b"))
		}
		if !bytes.Equal(whole.Serialize(), cut.Serialize()) {
			t.Fatalf("other screens by %q", output)
		}
	}
}

func TestHugePictureIsDrawnWithoutColours(t *testing.T) {
	screen := NewScreen(400, 200)
	for i := range 400 * 200 {
		screen.Write([]byte("\x1b[38;2;" + string(rune('1'+i%9)) + ";2;3m\x1b[48;2;9;9;" + string(rune('1'+i%7)) + "mx"))
	}
	if n := len(screen.Serialize()); n > MaxSerialized || n < 400*199 {
		t.Fatalf("drawn by %d bytes", n)
	}
}

func TestScannerSeesWhatOutputTells(t *testing.T) {
	var scanner Scanner
	for _, octet := range []byte("plain\x1b]133;A\x1b\\$ \x1b]133;C\x07\x1b[?1049h") {
		scanner.Scan([]byte{octet})
	}
	if !scanner.IsAlternate() || scanner.Prompt() != PromptRunning {
		t.Fatalf("%v, %v", scanner.IsAlternate(), scanner.Prompt())
	}
	if !scanner.Scan([]byte("\x1b[?1049l\x1b]133;A\x07")) || scanner.IsAlternate() || scanner.Prompt() != PromptShown {
		t.Fatal("changes were not seen")
	}
}

func BenchmarkScreen(b *testing.B) {
	output := []byte(strings.Repeat("a line of text that a program prints, as most are\r\n", 1000))
	screen := NewScreen(80, 24)
	b.SetBytes(int64(len(output)))
	for b.Loop() {
		screen.Write(output)
	}
}

func BenchmarkColouredScreen(b *testing.B) {
	output := []byte(strings.Repeat("\x1b[32mok\x1b[0m a line\r\n", 1000))
	screen := NewScreen(80, 24)
	b.SetBytes(int64(len(output)))
	for b.Loop() {
		screen.Write(output)
	}
}

func BenchmarkScanner(b *testing.B) {
	output := []byte(strings.Repeat("a line of text that a program prints, as most are\r\n", 1000))
	var scanner Scanner
	b.SetBytes(int64(len(output)))
	for b.Loop() {
		scanner.Scan(output)
	}
}
