package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/giayto/giayto/internal/store/bolt"
	"github.com/giayto/giayto/push"
	"github.com/giayto/giayto/push/remote"
)

// pushCommand sends messages in a process of its own, or shows what was given
// up.
func pushCommand(ctx context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	if len(args) > 0 && args[0] == "dead" {
		return deadLetters(ctx, args[1:], stdout, stderr)
	}
	var c pushConfig
	f := flag.NewFlagSet("giayto push", flag.ContinueOnError)
	f.SetOutput(stderr)
	c.flags(f)
	f.StringVar(&c.socket, "socket", env("PUSH_SOCKET", ""), "`PATH` of the socket of the server, its --push-socket (GIAYTO_PUSH_SOCKET)")
	if err := f.Parse(args); err != nil {
		return exitFailed, err
	}
	switch {
	case f.NArg() > 0:
		return exitFailed, fmt.Errorf("unexpected %q; giayto push, or giayto push dead", f.Arg(0))
	case c.socket == "":
		return exitFailed, errors.New("only the server has the data: start giayto serve with --push-socket PATH and give --socket PATH here (GIAYTO_PUSH_SOCKET), or have the server send by itself with --fcm-account")
	case c.account == "":
		return exitFailed, errors.New("give --fcm-account FILE (GIAYTO_FCM_ACCOUNT)")
	}
	senders, err := c.senders(ctx)
	if err != nil {
		return exitFailed, err
	}
	queue := remote.NewQueue(c.socket)
	defer queue.Close()
	log := slog.New(slog.NewJSONHandler(stderr, nil))
	// A wrong path is told at once; a server that is only starting is waited for.
	if _, err := queue.PushState(ctx); err != nil {
		log.Warn("waiting for the server", "error", err.Error())
	} else {
		log.Info("sending", "socket", c.socket)
	}
	deliverer(queue, senders, nil, log).Run(ctx, nil, once(log, "messages not sent"))
	return exitOK, nil
}

// listed is how many dead letters are shown unless more are asked for.
const listed = 100

// deadLetters shows messages that were given up: from a running server by its
// socket, or from the data folder of one that is stopped.
func deadLetters(ctx context.Context, args []string, stdout, stderr io.Writer) (int, error) {
	var socket, data string
	var asJSON bool
	var limit int
	f := flag.NewFlagSet("giayto push dead", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&socket, "socket", env("PUSH_SOCKET", ""), "`PATH` of the socket of a running server (GIAYTO_PUSH_SOCKET)")
	f.StringVar(&data, "data", env("DATA", "giayto-data"), "`DIR` of a server that is stopped, without --socket (GIAYTO_DATA)")
	f.BoolVar(&asJSON, "json", false, "one JSON object a line")
	f.IntVar(&limit, "limit", listed, "how many of the newest, at most 1000")
	if err := f.Parse(args); err != nil {
		return exitFailed, err
	}
	if f.NArg() > 0 || limit < 1 {
		return exitFailed, errors.New("give --limit a number of at least 1, and no arguments")
	}
	letters, err := readDeadLetters(ctx, socket, data, limit)
	if err != nil {
		return exitFailed, err
	}
	if asJSON {
		return exitOK, writeLetters(stdout, letters)
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "given up\treason\tattempts\tcategory\tevent\tof\tdevice")
	for _, l := range letters {
		m := l.Message
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\t%s\t%s\n", l.At.UTC().Format(time.RFC3339), m.Failure, m.Attempts, m.Category,
			m.Event, m.At.UTC().Format(time.RFC3339), m.Device)
	}
	return exitOK, table.Flush()
}

func readDeadLetters(ctx context.Context, socket, data string, limit int) ([]push.DeadLetter, error) {
	if socket != "" {
		queue := remote.NewQueue(socket)
		defer queue.Close()
		return queue.DeadLetters(ctx, limit)
	}
	path := filepath.Join(data, databaseFile)
	if _, err := os.Stat(path); err != nil {
		return nil, err // opening it would make one
	}
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return nil, fmt.Errorf("%w (a running server is asked with --socket)", err)
	}
	letters, err := store.DeadLetters(ctx, limit)
	return letters, errors.Join(err, store.Close())
}

// letterLine is a dead letter for a program. It names no person: the ids lead
// to one only in the store.
type letterLine struct {
	GivenUpAt string `json:"given_up_at"`
	Reason    string `json:"reason"`
	Attempts  int    `json:"attempts"`
	Category  string `json:"category"`
	Event     string `json:"event"`
	EventAt   string `json:"event_at"`
	Device    string `json:"device"`
}

func writeLetters(w io.Writer, letters []push.DeadLetter) error {
	out := json.NewEncoder(w)
	for _, l := range letters {
		m := l.Message
		err := out.Encode(letterLine{l.At.UTC().Format(time.RFC3339), m.Failure, m.Attempts, string(m.Category), m.Event, m.At.UTC().Format(time.RFC3339), m.Device})
		if err != nil {
			return err
		}
	}
	return nil
}
