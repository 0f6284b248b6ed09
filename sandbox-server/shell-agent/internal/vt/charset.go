package vt

// charset is one that a sequence can select, by its final byte; 0 is plain ASCII.
type charset byte

// Charsets of xterm.js (common/data/Charsets.ts). Those of nations are long gone from Unix, but for the British.
var charsets = map[charset]map[rune]rune{
	'0': {
		'`': '◆', 'a': '▒', 'b': '␉', 'c': '␌', 'd': '␍', 'e': '␊', 'f': '°', 'g': '±', 'h': '␤', 'i': '␋',
		'j': '┘', 'k': '┐', 'l': '┌', 'm': '└', 'n': '┼', 'o': '⎺', 'p': '⎻', 'q': '─', 'r': '⎼', 's': '⎽',
		't': '├', 'u': '┤', 'v': '┴', 'w': '┬', 'x': '│', 'y': '≤', 'z': '≥', '{': 'π', '|': '≠', '}': '£', '~': '·',
	},
	'A': {'#': '£'},
	'4': nation("#£@¾[i\\½]|{¨|f}¼~´"),
	'5': nation("[Ä\\Ö]Å^Ü`é{ä|ö}å~ü"), 'C': nation("[Ä\\Ö]Å^Ü`é{ä|ö}å~ü"),
	'R': nation("#£@à[°\\ç]§{é|ù}è~¨"),
	'Q': nation("@à[â\\ç]ê^î`ô{é|ù}è~û"),
	'K': nation("@§[Ä\\Ö]Ü{ä|ö}ü~ß"),
	'Y': nation("#£@§[°\\ç]é`ù{à|ò}è~ì"),
	'E': nation("@Ä[Æ\\Ø]Å^Ü`ä{æ|ø}å~ü"), '6': nation("@Ä[Æ\\Ø]Å^Ü`ä{æ|ø}å~ü"),
	'Z': nation("#£@§[¡\\Ñ]¿{°|ñ}ç"),
	'H': nation("@É[Ä\\Ö]Å^Ü`é{ä|ö}å~ü"), '7': nation("@É[Ä\\Ö]Å^Ü`é{ä|ö}å~ü"),
	'=': nation("#ù@à[é\\ç]ê^î_è`ô{ä|ö}ü~û"),
	'B': nil,
}

// nation reads pairs: what is sent, and what is shown.
func nation(pairs string) map[rune]rune {
	table := map[rune]rune{}
	runes := []rune(pairs)
	for i := 0; i < len(runes); i += 2 {
		table[runes[i]] = runes[i+1]
	}
	return table
}

// charsetState is which set prints now, and which are designated.
type charsetState struct {
	designated [4]charset
	level      int
	// Mostly the designated one of the level; restoring a cursor sets it alone.
	active charset
}

func (c *charsetState) setLevel(level int) {
	c.level, c.active = level, c.designated[level]
}

func (c *charsetState) designate(level int, set charset) {
	c.designated[level] = set
	if c.level == level {
		c.active = set
	}
}
