package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"flagfill/engine"
	"flagfill/writers"
)

// isWithin tells whether a file is to stand in a folder, or below it.
func isWithin(folder, file string) bool {
	folder, folderErr := filepath.Abs(folder)
	file, fileErr := filepath.Abs(file)
	inside, err := filepath.Rel(folder, file)
	return errors.Join(folderErr, fileErr, err) == nil && filepath.IsLocal(inside)
}

func newReport() *cobra.Command {
	var out string
	var reveal bool
	cmd := &cobra.Command{
		Use:     "report DIR [flags]",
		Short:   "Writes report.html again from a publication, or a reconciliation",
		Example: examples("flagfill report publication", "flagfill report publication --out report.html", "flagfill report publication --reveal --out report.html"),
		Long: `report makes the page that every run writes into its publication once more, from
manifest.json, run.json and exceptions.parquet alone; that of a reconciliation
from reconciliation.json, run.json and differences.parquet. In DIR itself it only
puts back the page that stood there first: a folder is never made another. --out
writes elsewhere, also where another edition of flagfill wrote the folder.`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) != 1:
				return usage("flagfill report publication", "report takes one folder, and %d were given", len(args))
			case reveal && out == "":
				return usage("Add --out FILE.", "--reveal needs --out: the page in DIR masks every MPxN")
			case out != "" && isWithin(args[0], out):
				return usage("Name a file outside the folder.", "--out %s lies in %s, which is never made another", engine.ShownPath(out), engine.ShownPath(args[0]))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := writers.MakeReport(writers.OS{}, args[0], reveal)
			if err != nil {
				return err
			}
			if out != "" {
				if err := r.Write(cmd.Context(), out, stagingSuffix()); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "Wrote %s.\n", engine.ShownPath(out))
				return nil
			}
			stood, err := r.Restore(cmd.Context(), stagingSuffix())
			if err != nil {
				return err
			}
			text := "The report of %s was missing or damaged, and stands there again.\n"
			if stood {
				text = "The report of %s stands there as it was written.\n"
			}
			fmt.Fprintf(cmd.OutOrStdout(), text, engine.ShownPath(args[0]))
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "write the report to `FILE`, not into DIR")
	cmd.Flags().BoolVar(&reveal, "reveal", false, "show MPxNs and other values of tables as they are: personal data")
	return cmd
}
