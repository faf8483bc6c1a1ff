// Command giayto is the server of a Giayto deployment and its operations.
//
//	giayto serve [--dev] [--listen ADDR] [--data DIR] [--origin URL]
//	giayto import --agency ID [--data DIR] [--dry-run] FILE.ndjson
//	giayto agency-token --agency ID [--data DIR]
//	giayto push [--socket PATH] [--fcm-account FILE]
//	giayto push dead [--socket PATH | --data DIR] [--json]
//	giayto keys list|create|publish|activate|retire|revoke|request|install|new-file
//	giayto root init|sign|succeed
//	giayto demo --out DIR
//
// It deliberately holds no rules of its own: here the packages meet, nowhere else.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Exit codes.
const (
	exitOK       = 0
	exitRejected = 1 // the command ran and some of its input was refused
	exitFailed   = 2 // usage, files, network or storage
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// command is one operation of the program.
type command struct {
	name, about string
	run         func(ctx context.Context, args []string, stdout, stderr io.Writer) (int, error)
}

// commands in the order of the help.
var commands = []command{
	{"serve", "run the server", serve},
	{"import", "issue credentials from an agency's register export", importRegister},
	{"agency-token", "make a token with which an agency's machine may call the server", agencyToken},
	{"push", "send messages to phones in a process of its own, or show those that were given up", pushCommand},
	{"keys", "see and change the keys of a server", keysCommand},
	{"root", "the ceremony of the root, on a machine of its own", rootCommand},
	{"demo", "play the whole scene once and write its files", demoScene},
}

// run is main without the process: it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		for _, c := range commands {
			if c.name != args[0] {
				continue
			}
			code, err := c.run(ctx, args[1:], stdout, stderr)
			if errors.Is(err, flag.ErrHelp) {
				return exitOK
			}
			if err != nil {
				fmt.Fprintf(stderr, "giayto %s: %v\n", c.name, err)
			}
			return code
		}
	}
	fmt.Fprintln(stderr, "usage: giayto COMMAND [options]; giayto COMMAND --help tells its options")
	for _, c := range commands {
		fmt.Fprintf(stderr, "  %-13s %s\n", c.name, c.about)
	}
	if len(args) == 1 && (args[0] == "help" || args[0] == "--help" || args[0] == "-h") {
		return exitOK
	}
	return exitFailed
}
