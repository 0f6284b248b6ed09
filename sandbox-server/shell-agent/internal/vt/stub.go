package vt
type Screen struct{}
func NewScreen(columns, rows int) *Screen { return &Screen{} }
func (s *Screen) Write(p []byte) {}
func (s *Screen) Resize(columns, rows int) {}
func (s *Screen) Serialize() []byte { return nil }
func (s *Screen) Clone() *Screen { return s }
type Prompt int
const (PromptUnknown Prompt = iota; PromptShown; PromptRunning)
type Scanner struct{}
func (s *Scanner) Scan(p []byte) bool {return false}
func (s *Scanner) IsAlternate() bool {return false}
func (s *Scanner) Prompt() Prompt {return 0}
