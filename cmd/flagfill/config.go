package main

import (
	"github.com/spf13/cobra"

	"flagfill/config"
)

func newConfig() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "config [--config FILE]",
		Short: "The whole configuration in force, as TOML with comments",
		Example: examples(
			"flagfill config > flagfill.toml",
			"flagfill config --config flagfill.toml"),
		Long: `config prints every key with its meaning, its default and what it may be.
What it prints can be edited and given to run with --config.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(path)
			if err != nil {
				return err
			}
			return c.WriteTOML(cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&path, "config", "", "configuration `FILE`; without it the defaults are shown")
	return cmd
}
