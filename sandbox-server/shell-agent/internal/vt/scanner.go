package vt

// Prompt is what the shell says of itself by OSC 133.
type Prompt int

// A shell that marks nothing stays unknown.
const (
	PromptUnknown Prompt = iota
	PromptShown
	PromptRunning
)

// Scanner watches live output for the few things that are told apart from it. It costs little: of plain text it sees
// only where it ends.
type Scanner struct {
	machine     machine
	decoder     decoder
	isAlternate bool
	prompt      Prompt
	hasChanged  bool
}

// Scan takes output and says whether something has changed.
func (s *Scanner) Scan(p []byte) bool {
	s.hasChanged = false
	for i := 0; i < len(p); i++ {
		if s.machine.state == ground && s.decoder.isIdle() {
			for i < len(p) && p[i] != 0x1b && p[i] < 0x80 {
				i++
			}
			if i == len(p) {
				break
			}
		}
		if code, isComplete := s.decoder.put(p[i]); isComplete {
			s.machine.advance(code, s)
		}
	}
	return s.hasChanged
}

// IsAlternate says which screen is shown.
func (s *Scanner) IsAlternate() bool { return s.isAlternate }

// Prompt is the last mark.
func (s *Scanner) Prompt() Prompt { return s.prompt }

func (s *Scanner) print(rune)   {}
func (s *Scanner) execute(rune) {}

func (s *Scanner) esc(id uint32) {
	if id == 'c' {
		s.setAlternate(false)
	}
}

func (s *Scanner) csi(id uint32, p *params) {
	if id != '?'<<8|'h' && id != '?'<<8|'l' {
		return
	}
	for i := range p.length {
		switch p.at(i) {
		case 47, 1047, 1049:
			s.setAlternate(id&0xff == 'h')
		}
	}
}

func (s *Scanner) osc(command []byte) {
	number, text := splitCommand(command)
	if number != "133" || text == "" {
		return
	}
	before := s.prompt
	switch text[0] {
	case 'A', 'B':
		s.prompt = PromptShown
	case 'C':
		s.prompt = PromptRunning
	}
	s.hasChanged = s.hasChanged || s.prompt != before
}

func (s *Scanner) setAlternate(is bool) {
	s.hasChanged = s.hasChanged || s.isAlternate != is
	s.isAlternate = is
}
