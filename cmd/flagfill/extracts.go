package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"flagfill/engine"
	"flagfill/loaders"
	"flagfill/writers"
)

// extractFlags say what RDPs hold and how it is compared with what they should,
// in reconcile and explain alike.
type extractFlags struct {
	paths []string
	terms engine.Terms
}

func newExtractFlags() extractFlags {
	return extractFlags{terms: engine.Terms{InFlightDays: -1, DateToleranceDays: -1, MaxDifferences: engine.Limit{Share: 1, Count: -1}}}
}

// publicationPrefix stands before an --extract that is a folder which a run
// published.
const publicationPrefix = "publication:"

func (f *extractFlags) addExtract(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.paths, "extract", nil, "what RDPs hold, `PATH`, or publication:DIR for what a publication told them; may be repeated")
}

func (f *extractFlags) addTerms(flags *pflag.FlagSet) {
	flags.StringVar(&f.terms.RDP, "rdp", "", "holder of extract rows without rdp_id, `MPID`; default the distributor's")
	flags.Var(daysFlag{&f.terms.InFlightDays}, "in-flight-days", "changes of the last `N` days may be under way")
	flags.Var(daysFlag{&f.terms.DateToleranceDays}, "date-tolerance-days", "compare dates too, and let them be `N` days apart")
}

// openTables opens those that are given.
func openTables(ctx context.Context, snapshot *runFlags, held *extractFlags, options loaders.Options) (in engine.Inputs, extract engine.Source, err error) {
	if extract, err = held.open(ctx, snapshot.workers, options); err != nil {
		return in, nil, err
	}
	if len(snapshot.devices) > 0 {
		if in.Devices, err = loaders.Open(snapshot.devices, engine.Devices, options); err != nil {
			return in, nil, err
		}
	}
	in.MeterPoints, err = loaders.Open(snapshot.meterPoints, engine.MeterPoints, options)
	return in, extract, err
}

// open opens the extracts, once every publication among them is verified; nil
// without any.
func (f *extractFlags) open(ctx context.Context, workers int, options loaders.Options) (engine.Source, error) {
	if len(f.paths) == 0 {
		return nil, nil
	}
	var paths, publications []string
	for _, path := range f.paths {
		dir, published := strings.CutPrefix(path, publicationPrefix)
		if !published {
			paths = append(paths, path)
			continue
		}
		publications = append(publications, dir)
		proof, err := writers.Verify(ctx, writers.OS{}, dir, workers)
		switch {
		case err != nil:
			return nil, err
		case len(proof.Findings) > 0 || proof.Kind != writers.KindPublication:
			return nil, &engine.Refusal{Kind: engine.RefusedInput,
				Problem: fmt.Sprintf("cannot read extract %s: it is not a publication as it was published", engine.ShownPath(path)),
				Next:    "See flagfill verify " + engine.ShownPath(dir) + ". Corrections stand in the folder corrections of a reconciliation."}
		}
	}
	return loaders.OpenExtract(paths, publications, options)
}

// daysFlag reads a number of days; −1 stands for none given.
type daysFlag struct{ days *int }

func (f daysFlag) Type() string { return "N" }

func (f daysFlag) String() string {
	if f.days == nil || *f.days < 0 {
		return ""
	}
	return fmt.Sprint(*f.days)
}

func (f daysFlag) Set(text string) error {
	const most = 36_500
	var days int
	if _, err := fmt.Sscanf(text+"\n", "%d\n", &days); err != nil || days < 0 || days > most {
		return fmt.Errorf("%q is not a number of days from 0 to %d", text, most)
	}
	*f.days = days
	return nil
}
