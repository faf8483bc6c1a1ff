// Command generate writes the files of the repository that are made from one
// source: the fictional registers, the vectors of presentations and
// credentials, the README's table of documents and picture, and the client of
// the web wallet. It is run by make generate, and its output is committed.
//
// It deliberately writes nothing that the program needs to decide at run time.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// step is one thing that can be generated, by the name given to the command.
type step struct {
	name string
	run  func() error
}

// steps in the order of "all": the picture shows one of the vectors.
var steps = []step{
	{"registers", registers},
	{"vectors", vectors},
	{"credentials", credentials},
	{"readme", readme},
	{"js", js},
	{"codes", codes},
	{"client", client},
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate (all | STEP)")
		os.Exit(2)
	}
	ran := false
	for _, s := range steps {
		if os.Args[1] != "all" && os.Args[1] != s.name {
			continue
		}
		ran = true
		if err := s.run(); err != nil {
			fmt.Fprintf(os.Stderr, "generate %s: %v\n", s.name, err)
			os.Exit(1)
		}
	}
	if !ran {
		fmt.Fprintf(os.Stderr, "generate: no step %q\n", os.Args[1])
		os.Exit(2)
	}
}

// repositoryRoot walks up to the folder that holds go.mod.
func repositoryRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod above the working directory")
		}
		dir = parent
	}
}
