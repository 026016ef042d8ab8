package measure

import (
	"context"
	"time"
)

// Notes are what any figures of a flagfill must be read with: the command that
// repeats them, when, on what, and which flagfill.
func Notes(ctx context.Context, flagfill, command string) ([]Note, error) {
	version, err := Version(ctx, flagfill)
	if err != nil {
		return nil, err
	}
	return []Note{
		{"command", command},
		{"began", time.Now().UTC().Format(time.RFC3339)},
		{"machine", Machine()},
		{"flagfill", version},
	}, nil
}
