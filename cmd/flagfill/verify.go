package main

import (
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"

	"flagfill/writers"
)

func newVerify() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "verify DIR",
		Short:   "Proves a publication from its bytes alone",
		Example: examples("flagfill verify publication", "flagfill verify publication --json"),
		Long: `verify reads every byte of a publication and recomputes every digest, count, sum
and identity: the flow files against changes.parquet, both against the manifest.
Whatever was changed, removed, added or renamed is named, with exit code 3.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("flagfill verify publication", "verify takes one folder, and %d were given", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			report, err := writers.Verify(cmd.Context(), writers.OS{}, args[0], runtime.GOMAXPROCS(0))
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			if asJSON {
				if err := writeJSON(out, report); err != nil {
					return err
				}
			} else {
				writeVerification(out, args[0], report)
			}
			if len(report.Findings) > 0 {
				return errDifferences
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "the result as one JSON document")
	return cmd
}

func writeVerification(w io.Writer, dir string, v *writers.Verification) {
	if len(v.Findings) == 0 {
		fmt.Fprintf(w, "%s is proven: %s files, %s, %s flow records.\ncontent digest %s\n",
			dir, count(int64(v.Files)), sizeWords(v.Bytes), count(v.Records), v.ContentDigest)
		return
	}
	fmt.Fprintf(w, "%s is NOT what was published:\n", dir)
	for _, f := range v.Findings {
		fmt.Fprintf(w, "  %s: %s\n", f.Path, f.Problem)
	}
	fmt.Fprintln(w, "Send nothing from it. Fetch the publication again from where it was made, or run again: the same\n"+
		"snapshot, configuration and --as-of give the same content digest.")
}
