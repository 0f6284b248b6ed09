// Package vt knows what a terminal's output does to its screen: exactly what xterm.js, which draws it, makes of it.
//
// Parser: the state machine of Paul Williams (https://vt100.net/emu/dec_ansi_parser), with the additions of xterm.js
// (sub parameters, one prefix, C1 controls as code points).
package vt

type state uint8

const (
	ground state = iota
	escape
	escapeIntermediate
	csiEntry
	csiParam
	csiIntermediate
	csiIgnore
	sosPmApcString
	oscString
	dcsEntry
	dcsParam
	dcsIgnore
	dcsIntermediate
	dcsPassthrough
	states
)

type action uint8

const (
	ignore action = iota
	doPrint
	doExecute
	doClear
	doCollect
	doParam
	doEsc
	doCsi
	doHook
	doUnhook
	doOscStart
	doOscPut
	doOscEnd
)

// codes beyond this are all alike to the machine.
const printableCode = 0xa0

type transition struct {
	action action
	next   state
}

var transitions = makeTransitions()

type transitionTable [states][printableCode + 1]transition

func (t *transitionTable) add(from state, first, last int, action action, next state) {
	for code := first; code <= last; code++ {
		t[from][code] = transition{action, next}
	}
}

// controls adds the C0 codes that no rule for all states has.
func (t *transitionTable) controls(from state, action action) {
	t.add(from, 0, 0x17, action, from)
	t.add(from, 0x19, 0x19, action, from)
	t.add(from, 0x1c, 0x1f, action, from)
}

func makeTransitions() *transitionTable {
	t := &transitionTable{}
	for from := ground; from < states; from++ {
		for _, code := range []int{0x18, 0x1a, 0x99, 0x9a} {
			t.add(from, code, code, doExecute, ground)
		}
		t.add(from, 0x80, 0x97, doExecute, ground)
		t.add(from, 0x1b, 0x1b, doClear, escape)
		t.add(from, 0x90, 0x90, doClear, dcsEntry)
		t.add(from, 0x98, 0x98, ignore, sosPmApcString)
		t.add(from, 0x9b, 0x9b, doClear, csiEntry)
		t.add(from, 0x9c, 0x9c, ignore, ground)
		t.add(from, 0x9d, 0x9d, doOscStart, oscString)
		t.add(from, 0x9e, 0x9f, ignore, sosPmApcString)
	}
	t.controls(ground, doExecute)
	t.add(ground, 0x20, 0x7e, doPrint, ground)
	t.add(ground, printableCode, printableCode, doPrint, ground)
	t.addEscape()
	t.addCsi()
	t.addStrings()
	return t
}

func (t *transitionTable) addEscape() {
	t.controls(escape, doExecute)
	t.add(escape, 0x20, 0x2f, doCollect, escapeIntermediate)
	t.add(escape, 0x30, 0x7e, doEsc, ground)
	t.add(escape, '[', '[', doClear, csiEntry)
	t.add(escape, ']', ']', doOscStart, oscString)
	t.add(escape, 'P', 'P', doClear, dcsEntry)
	for _, code := range []int{'X', '^', '_'} {
		t.add(escape, code, code, ignore, sosPmApcString)
	}
	t.add(escape, 0x7f, 0x7f, ignore, escape)
	t.controls(escapeIntermediate, doExecute)
	t.add(escapeIntermediate, 0x20, 0x2f, doCollect, escapeIntermediate)
	t.add(escapeIntermediate, 0x30, 0x7e, doEsc, ground)
	t.add(escapeIntermediate, 0x7f, 0x7f, ignore, escapeIntermediate)
}

func (t *transitionTable) addCsi() {
	for _, from := range []state{csiEntry, csiParam, csiIntermediate, csiIgnore} {
		t.controls(from, doExecute)
		t.add(from, 0x40, 0x7e, doCsi, ground)
		t.add(from, 0x7f, 0x7f, ignore, from)
		t.add(from, 0x20, 0x2f, doCollect, csiIntermediate)
	}
	t.add(csiEntry, 0x30, 0x3b, doParam, csiParam)
	t.add(csiEntry, 0x3c, 0x3f, doCollect, csiParam)
	t.add(csiParam, 0x30, 0x3b, doParam, csiParam)
	t.add(csiParam, 0x3c, 0x3f, ignore, csiIgnore)
	t.add(csiIntermediate, 0x30, 0x3f, ignore, csiIgnore)
	t.add(csiIgnore, 0x20, 0x3f, ignore, csiIgnore)
	t.add(csiIgnore, 0x40, 0x7e, ignore, ground)
	t.add(csiIgnore, printableCode, printableCode, ignore, csiIgnore)
}

func (t *transitionTable) addStrings() {
	t.controls(sosPmApcString, ignore)
	t.add(sosPmApcString, 0x20, 0x7f, ignore, sosPmApcString)
	t.controls(oscString, ignore)
	t.add(oscString, 0x20, 0x7f, doOscPut, oscString)
	t.add(oscString, printableCode, printableCode, doOscPut, oscString)
	for _, code := range []int{0x07, 0x18, 0x1a, 0x1b, 0x9c} {
		t.add(oscString, code, code, doOscEnd, ground)
	}
	for _, from := range []state{dcsEntry, dcsParam, dcsIntermediate, dcsIgnore} {
		t.controls(from, ignore)
		t.add(from, 0x20, 0x2f, doCollect, dcsIntermediate)
		t.add(from, 0x40, 0x7e, doHook, dcsPassthrough)
		t.add(from, 0x7f, 0x7f, ignore, from)
	}
	t.add(dcsEntry, 0x30, 0x3b, doParam, dcsParam)
	t.add(dcsEntry, 0x3c, 0x3f, doCollect, dcsParam)
	t.add(dcsParam, 0x30, 0x3b, doParam, dcsParam)
	t.add(dcsParam, 0x3c, 0x3f, ignore, dcsIgnore)
	t.add(dcsIntermediate, 0x30, 0x3f, ignore, dcsIgnore)
	t.add(dcsIgnore, 0x20, 0x7f, ignore, dcsIgnore)
	t.add(dcsIgnore, printableCode, printableCode, ignore, dcsIgnore)
	t.controls(dcsPassthrough, ignore)
	t.add(dcsPassthrough, 0x20, 0x7f, ignore, dcsPassthrough)
	t.add(dcsPassthrough, printableCode, printableCode, ignore, dcsPassthrough)
	for _, code := range []int{0x18, 0x1a, 0x1b, 0x9c} {
		t.add(dcsPassthrough, code, code, doUnhook, ground)
	}
}
