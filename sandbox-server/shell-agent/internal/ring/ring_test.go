package ring

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestRingIsTheEndOfTheStream(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		limit := firstSize << random.IntN(3)
		r := New(limit)
		var stream []byte
		for range 100 {
			piece := make([]byte, random.IntN(limit/4))
			for i := range piece {
				piece[i] = byte(random.Uint32())
			}
			if excess := r.Len() + len(piece) - limit; excess > 0 {
				r.Drop(min(r.Len(), excess+random.IntN(100)))
			}
			r.Append(piece)
			stream = append(stream, piece...)
			if r.End() != uint64(len(stream)) {
				t.Fatalf("ends at %d of %d", r.End(), len(stream))
			}
			offset := r.Start() + uint64(random.IntN(r.Len()+1))
			var got []byte
			for at := offset; at < r.End(); {
				part := r.At(at, 1+random.IntN(limit))
				got = append(got, part...)
				at += uint64(len(part))
			}
			if !bytes.Equal(got, stream[offset:]) {
				t.Fatalf("the bytes from %d on are others", offset)
			}
		}
	}
}
