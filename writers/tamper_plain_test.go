package writers

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// What a finding says of a file whose bytes are not those listed: SHA256SUMS
// and manifest.json are read before they are compared, and say more.
const notAsListed = "not those that SHA256SUMS lists|cannot be read|has the digest|canonical form|its schema|is missing|" +
	"is no digest|order of paths|SHA256SUMS|it lists no file"

// plainTamperings change files, names and folders, and no digest.
var plainTamperings = []tampering{
	{"a bit flipped", inBytes(func(f *forger, b []byte) []byte {
		b[f.below(len(b))] ^= 1 << f.below(8)
		return b
	})},
	{"a byte overwritten", inBytes(func(f *forger, b []byte) []byte {
		b[f.below(len(b))] += byte(1 + f.below(255))
		return b
	})},
	{"cut", inBytes(func(f *forger, b []byte) []byte { return b[:f.below(len(b))] })},
	{"extended", inBytes(func(f *forger, b []byte) []byte {
		for range 1 + f.below(20) {
			b = append(b, byte(f.below(256)))
		}
		return b
	})},
	{"bytes inserted", inBytes(func(f *forger, b []byte) []byte {
		return slices.Insert(b, f.below(len(b)+1), []byte("0 \n|,")[f.below(5)])
	})},
	{"bytes removed", inBytes(func(f *forger, b []byte) []byte {
		from := f.below(len(b))
		return slices.Delete(b, from, min(len(b), from+1+f.below(9)))
	})},
	{"a part turned into zeros", inBytes(func(f *forger, b []byte) []byte {
		from := f.below(len(b))
		clear(b[from:min(len(b), from+1+f.below(64))])
		return b
	})},
	{"two parts exchanged", inBytes(func(f *forger, b []byte) []byte {
		middle := 1 + f.below(len(b)-1)
		return slices.Concat(b[middle:], b[:middle])
	})},
	{"emptied", inBytes(func(*forger, []byte) []byte { return nil })},
	{"line ends of another system", inBytes(func(_ *forger, b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) })},

	{"removed", func(f *forger) *due {
		name, _ := anyOf(f, f.files())
		f.check(os.Remove(f.path(name)))
		return found(name, "is missing|and missing")
	}},
	{"renamed", func(f *forger) *due {
		name, _ := anyOf(f, f.files())
		f.check(os.Rename(f.path(name), f.path(name+".old")))
		return found(name+".old", "is not listed in SHA256SUMS")
	}},
	{"two files exchanged", func(f *forger) *due {
		a, _ := anyOf(f, f.files())
		b, _ := anyOf(f, f.files())
		if a == b || bytes.Equal(f.read(a), f.read(b)) {
			return nil
		}
		textA, textB := f.read(a), f.read(b)
		f.write(a, textB)
		f.write(b, textA)
		return found(a, notAsListed).or(b)
	}},
	{"one file in place of another", func(f *forger) *due {
		a, _ := anyOf(f, f.files())
		b, _ := anyOf(f, f.files())
		if a == b || bytes.Equal(f.read(a), f.read(b)) {
			return nil
		}
		f.write(a, f.read(b))
		return found(a, notAsListed)
	}},
	{"a file added", func(f *forger) *due {
		name := path.Join(f.folder(), fmt.Sprintf("%d.new", f.below(1000)))
		f.write(name, []byte("new"))
		return found(name, "is not listed in SHA256SUMS")
	}},
	{"a hidden file added", func(f *forger) *due {
		name := path.Join(f.folder(), ".new")
		f.write(name, nil)
		return found(name, "is not listed in SHA256SUMS")
	}},
	{"a copy of a file added", func(f *forger) *due {
		from, _ := anyOf(f, f.files())
		name := path.Join(f.folder(), "copy-of-"+path.Base(from))
		f.write(name, f.read(from))
		return found(name, "is not listed in SHA256SUMS")
	}},
	{"a link added", func(f *forger) *due {
		name := path.Join(f.folder(), "link")
		f.check(os.Symlink(f.path(runName), f.path(name)))
		return found(name, "is not a regular file")
	}},
	{"a file becomes a link to itself elsewhere", func(f *forger) *due {
		name, _ := anyOf(f, f.files())
		elsewhere := f.dir + "-elsewhere"
		f.check(os.RemoveAll(elsewhere))
		f.check(os.Rename(f.path(name), elsewhere))
		f.check(os.Symlink(elsewhere, f.path(name)))
		return found(name, "is not a regular file")
	}},
	{"a folder becomes a link", func(f *forger) *due {
		elsewhere := f.dir + "-folder"
		f.check(os.RemoveAll(elsewhere))
		if os.Rename(f.path("flows"), elsewhere) != nil {
			return nil
		}
		f.check(os.Symlink(elsewhere, f.path("flows")))
		return found("flows", "is not a regular file")
	}},
	{"a file becomes a folder", func(f *forger) *due {
		name, _ := anyOf(f, f.files())
		f.check(os.Remove(f.path(name)))
		f.check(os.Mkdir(f.path(name), 0o750))
		return found(name, "is an empty folder")
	}},
	{"an empty folder added", func(f *forger) *due {
		name := path.Join(f.folder(), "NEW")
		f.check(os.Mkdir(f.path(name), 0o750))
		return found(name, "is an empty folder")
	}},
	{"a folder renamed", func(f *forger) *due {
		folder := f.folder()
		if folder == "" {
			return nil
		}
		inside := f.filesIn(folder)[0]
		f.check(os.Rename(f.path(folder), f.path(folder+"-old")))
		return found(inside, "is listed in SHA256SUMS and missing")
	}},
	{"a folder removed", func(f *forger) *due {
		folder := f.folder()
		if folder == "" {
			return nil
		}
		inside := f.filesIn(folder)[0]
		f.check(os.RemoveAll(f.path(folder)))
		return found(inside, "is listed in SHA256SUMS and missing")
	}},

	{"a line of SHA256SUMS removed", inSums(func(f *forger, lines []string) ([]string, *due) {
		at := f.below(len(lines))
		name := strings.TrimSuffix(lines[at][66:], "\n")
		return slices.Delete(lines, at, at+1), found(name, "is not listed in SHA256SUMS")
	})},
	{"a line of SHA256SUMS repeated", inSums(func(f *forger, lines []string) ([]string, *due) {
		at := f.below(len(lines))
		return slices.Insert(lines, at, lines[at]), found(sumsName, "not in the order of paths, or repeats one")
	})},
	{"two lines of SHA256SUMS exchanged", inSums(func(f *forger, lines []string) ([]string, *due) {
		at := f.below(len(lines) - 1)
		lines[at], lines[at+1] = lines[at+1], lines[at]
		return lines, found(sumsName, "not in the order of paths")
	})},
	{"another digest in SHA256SUMS", inSums(func(f *forger, lines []string) ([]string, *due) {
		at := f.below(len(lines))
		name := strings.TrimSuffix(lines[at][66:], "\n")
		lines[at] = strings.Repeat("0", 64) + lines[at][64:]
		if name == manifestName { // nobody can tell which of the two was changed
			return lines, found(name, "not those that SHA256SUMS lists")
		}
		return lines, found(sumsName, "digest of "+name)
	})},
	{"a path in SHA256SUMS leads outside", inSums(func(f *forger, lines []string) ([]string, *due) {
		at := f.below(len(lines))
		lines[at] = lines[at][:66] + "../" + lines[at][66:]
		return lines, found(sumsName, "is no digest, two spaces, path and line end")
	})},
}

// inBytes changes the bytes of any file.
func inBytes(change func(f *forger, b []byte) []byte) func(f *forger) *due {
	return func(f *forger) *due {
		name, _ := anyOf(f, f.files())
		before := f.read(name)
		if len(before) < 2 {
			return nil
		}
		after := change(f, bytes.Clone(before))
		if bytes.Equal(after, before) {
			return nil
		}
		f.write(name, after)
		want := found(name, notAsListed)
		if name == sumsName { // a digest or a path in it may still be one, of another file
			want.paths = append(want.paths, manifestName)
			want.paths = append(want.paths, f.files()...)
			want.problem = "SHA256SUMS|is no digest|order of paths|it lists no file"
		}
		return want
	}
}

func inSums(change func(f *forger, lines []string) ([]string, *due)) func(f *forger) *due {
	return func(f *forger) *due {
		lines := strings.SplitAfter(string(f.read(sumsName)), "\n")
		changed, want := change(f, lines[:len(lines)-1])
		f.write(sumsName, []byte(strings.Join(changed, "")))
		return want
	}
}

// folder is any folder of the publication; "" is its top.
func (f *forger) folder() string {
	f.t.Helper()
	folders := []string{}
	f.check(filepath.WalkDir(f.dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			inside, _ := filepath.Rel(f.dir, name)
			folders = append(folders, strings.TrimPrefix(filepath.ToSlash(inside), "."))
		}
		return err
	}))
	one, _ := anyOf(f, folders)
	return one
}

func (f *forger) filesIn(folder string) []string {
	return slices.DeleteFunc(f.files(), func(name string) bool { return !strings.HasPrefix(name, folder+"/") })
}
