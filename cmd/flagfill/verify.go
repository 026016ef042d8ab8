package main

import (
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"

	"flagfill/engine"
	"flagfill/writers"
)

func newVerify() *cobra.Command {
	var asJSON bool
	var key string
	cmd := &cobra.Command{
		Use:     "verify DIR",
		Short:   "Proves a publication, or a reconciliation, from its bytes alone",
		Example: examples("flagfill verify publication", "flagfill verify --key minisign.pub publication", "flagfill verify publication --json"),
		Long: `verify reads every byte of a publication and recomputes every digest, count, sum
and identity: the flow files against changes.parquet, both against the manifest.
Whatever was changed, removed, added or renamed is named, with exit code 3. The
folder of a reconciliation is proven likewise. Who made a publication only a
signature shows: --key demands one.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("flagfill verify publication", "verify takes one folder, and %d were given", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			demanded, err := readPublicKey(key)
			if err != nil {
				return err
			}
			report, err := writers.VerifySigned(cmd.Context(), writers.OS{}, args[0], demanded, runtime.GOMAXPROCS(0))
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
	cmd.Flags().StringVar(&key, "key", "", "demand a signature by this minisign public key: a `FILE`, or the key itself")
	cmd.Flags().BoolVar(&asJSON, "json", false, "the result as one JSON document")
	return cmd
}

func writeVerification(w io.Writer, dir string, v *writers.Verification) {
	if len(v.Findings) == 0 {
		kind, records := "", "flow records"
		if v.Kind == writers.KindReconciliation {
			kind, records = ", a reconciliation,", "flow records of corrections"
		}
		fmt.Fprintf(w, "%s%s is proven: %s files, %s, %s %s.\ncontent digest %s\n",
			engine.ShownPath(dir), kind, count(int64(v.Files)), sizeWords(v.Bytes), count(v.Records), records, v.ContentDigest)
		switch v.Signature {
		case writers.SignatureIgnored:
			fmt.Fprintln(w, "It is signed, and the signature was not checked: --key PUBLIC-KEY does that.")
		case writers.SignatureValid:
			fmt.Fprintf(w, "The signature is by the key demanded, and says %q.\n", v.SignedComment)
		}
		return
	}
	fmt.Fprintf(w, "%s is NOT what was published:\n", engine.ShownPath(dir))
	for _, f := range v.Findings {
		fmt.Fprintf(w, "  %s: %s\n", engine.ShownPath(f.Path), f.Problem)
	}
	fmt.Fprintln(w, "Send nothing from it. Fetch the publication again from where it was made, or run again: the same\n"+
		"snapshot, configuration and --as-of give the same content digest.")
}
