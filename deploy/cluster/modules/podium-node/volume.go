package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// volume is what the storage provisioner's helper pod runs (its setupCommand and teardownCommand).
// It makes a folder that any user may write to, or removes the folder with all that is in it.
// The flags are the provisioner's own.
func volume(args []string) error {
	flags := flag.NewFlagSet("volume", flag.ContinueOnError)
	path := flags.String("p", "", "folder of the volume")
	flags.String("s", "", "size asked for; a folder has no size of its own")
	flags.String("m", "", "volume mode")
	action := flags.String("a", "", "create or delete")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if !filepath.IsAbs(*path) || filepath.Clean(*path) == "/" {
		return fmt.Errorf("refusing the folder %q", *path)
	}
	switch *action {
	case "create":
		if err := os.MkdirAll(*path, 0o777); err != nil {
			return err
		}
		return os.Chmod(*path, 0o777)
	case "delete":
		return os.RemoveAll(*path)
	}
	return fmt.Errorf("neither create nor delete: %q", *action)
}
