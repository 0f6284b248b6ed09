package vt

import "unicode/utf8"

const byteOrderMark = 0xfeff

// decoder turns octets into code points as xterm.js does: what is not UTF-8 is left out, without a sign.
type decoder struct {
	code    rune
	missing int
	length  int
}

// isIdle says that no code point is begun.
func (d *decoder) isIdle() bool { return d.missing == 0 }

// put takes an octet and returns a code point when one is complete.
func (d *decoder) put(octet byte) (code rune, isComplete bool) {
	if d.missing > 0 {
		if octet&0xc0 == 0x80 {
			d.code = d.code<<6 | rune(octet&0x3f)
			d.missing--
			return d.code, d.missing == 0 && d.isGood()
		}
		// What was begun is dropped; this octet begins anew.
		d.missing = 0
	}
	switch {
	case octet < 0x80:
		return rune(octet), true
	case octet&0xe0 == 0xc0:
		d.begin(octet&0x1f, 1)
	case octet&0xf0 == 0xe0:
		d.begin(octet&0x0f, 2)
	case octet&0xf8 == 0xf0:
		d.begin(octet&0x07, 3)
	}
	return 0, false
}

func (d *decoder) begin(bits byte, missing int) {
	d.code, d.missing, d.length = rune(bits), missing, missing
}

func (d *decoder) isGood() bool {
	switch d.length {
	case 1:
		return d.code >= 0x80
	case 2:
		return d.code >= 0x800 && (d.code < 0xd800 || d.code > 0xdfff) && d.code != byteOrderMark
	default:
		return d.code >= 0x10000 && d.code <= utf8.MaxRune
	}
}

func appendRune(dst []byte, code rune) []byte {
	return utf8.AppendRune(dst, code)
}
