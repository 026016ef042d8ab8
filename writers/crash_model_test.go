package writers

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"slices"
)

// What survives a crash, as this model has it. It allows what ext4, xfs and
// btrfs may do, and more:
//
//   - What was written to a file and not fsynced survives in pieces, each with
//     the same probability. Pieces are single bytes or blocks, cut anywhere. A
//     lost piece before a surviving one reads as zeros or as old noise; at the
//     end the file is shorter, or as long as it was with zeros or noise in it.
//   - A change of the names in a folder that was not fsynced survives or does
//     not, each for itself: a later one may survive where an earlier one does
//     not, in the same folder or another. Fsync of a file does not make its
//     name durable, nor does that of a folder its own name in its parent.
//   - A rename within a folder is atomic, as it is on every file system with a
//     journal. One from folder to folder is two changes.
//   - What was fsynced survives. Unlinked files keep their bytes until nothing
//     durable names them.
//
// It does not have damaged media, nor drives that lie about their caches.

// effect is one step of what was done to a disk.
type effect struct {
	kind   effectKind
	what   string // in words, with the path
	node   int
	folder bool           // made
	names  map[string]int // entered: node by name, 0 for none
	data   []byte         // wrote
}

type effectKind uint8

const (
	made         effectKind = iota // a node without a name
	entered                        // names in a folder
	wrote                          // at the end of a file
	synced                         // file
	syncedFolder                   // names in a folder
	acknowledged                   // somebody was told that it is done
)

// shares of the unsynced pieces of a file that survive, in per cent.
var shares = []int{0, 10, 50, 90, 100}

// picture is a disk at rest: everything in it is durable.
type picture map[int]*node

// rest makes all that was done durable and gives the picture of it.
func (d *disk) rest() picture {
	d.history = nil
	return clonePicture(d.nodes)
}

func clonePicture(nodes map[int]*node) picture {
	p := picture{}
	for number, n := range nodes {
		p[number] = &node{n.folder, maps.Clone(n.names), slices.Clip(n.data)}
	}
	return p
}

// crash gives a disk after a crash that follows these effects.
func (p picture) crash(history []effect, share int, random *rand.Rand) *disk {
	nodes := clonePicture(p)
	unsynced := map[int][]byte{}          // by file
	pending := map[int][]map[string]int{} // by folder
	survives := namesThatSurvive(random)  // asked for every change, in order
	chosen := map[int][]map[string]int{}  // of pending
	for _, e := range history {
		switch e.kind {
		case made:
			nodes[e.node] = &node{folder: e.folder}
			if e.folder {
				nodes[e.node].names = map[string]int{}
			}
		case wrote:
			unsynced[e.node] = append(unsynced[e.node], e.data...)
		case synced:
			nodes[e.node].data = append(slices.Clip(nodes[e.node].data), unsynced[e.node]...)
			delete(unsynced, e.node)
		case entered:
			pending[e.node] = append(pending[e.node], e.names)
			if survives() {
				chosen[e.node] = append(chosen[e.node], e.names)
			}
		case syncedFolder:
			nodes[e.node].apply(pending[e.node])
			delete(pending, e.node)
			delete(chosen, e.node)
		}
	}
	for number, changes := range chosen {
		nodes[number].apply(changes)
	}
	for _, number := range slices.Sorted(maps.Keys(unsynced)) {
		nodes[number].data = tear(nodes[number].data, unsynced[number], share, random)
	}
	d := newDisk()
	d.nodes, d.next = nodes, 1+slices.Max(slices.Collect(maps.Keys(nodes)))
	return d
}

func (n *node) apply(changes []map[string]int) {
	for _, names := range changes {
		for name, number := range names {
			if number == 0 {
				delete(n.names, name)
			} else {
				n.names[name] = number
			}
		}
	}
}

// namesThatSurvive decides change by change: none, all, the first few as a
// journal does, or every one by itself.
func namesThatSurvive(random *rand.Rand) func() bool {
	first := random.IntN(120)
	switch random.IntN(4) {
	case 0:
		return func() bool { return false }
	case 1:
		return func() bool { return true }
	case 2:
		return func() bool { first--; return first >= 0 }
	default:
		return func() bool { return random.IntN(2) == 0 }
	}
}

// tear gives the bytes of a file of which a share of the unsynced pieces survives.
func tear(durable, unsynced []byte, share int, random *rand.Rand) []byte {
	lost := byte(0)
	if random.IntN(2) == 0 {
		lost = byte(random.IntN(256))
	}
	left := bytes.Repeat([]byte{lost}, len(unsynced))
	block := []int{1, 16, 512, 4096}[random.IntN(4)]
	end := 0
	for from, to := 0, 1+random.IntN(block); from < len(unsynced); from, to = to, to+block {
		to = min(to, len(unsynced))
		if random.IntN(100) < share {
			copy(left[from:to], unsynced[from:to])
			end = to
		}
	}
	if random.IntN(2) == 0 { // the length came through, whatever became of the bytes
		end = len(left)
	}
	return append(slices.Clip(durable), left[:end]...)
}
