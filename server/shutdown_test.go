package server_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/giayto/giayto/server"
)

// TestShutdown waits for the request under way and takes no other.
func TestShutdown(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	w := newWorld(t, func(d *server.Deps) {
		d.StoreReadable = func(context.Context) error {
			close(entered)
			<-release
			return nil
		}
	})
	answered := make(chan int, 1)
	go func() { answered <- w.do(call{method: "GET", path: "/readyz"}).status }()
	<-entered
	down := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		down <- w.server.Shutdown(ctx)
	}()
	for { // until the listener is closed
		conn, err := net.Dial("tcp", w.address)
		if err != nil {
			break
		}
		_ = conn.Close()
	}
	close(release)
	if got := <-answered; got != http.StatusOK {
		t.Errorf("the request under way got %d", got)
	}
	if err := <-down; err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

// TestShutdownGivesUp: when its time is over, what is under way is told so.
func TestShutdownGivesUp(t *testing.T) {
	entered, told := make(chan struct{}), make(chan error, 1)
	w := newWorld(t, func(d *server.Deps) {
		d.StoreReadable = func(ctx context.Context) error {
			close(entered)
			<-ctx.Done()
			told <- ctx.Err()
			return ctx.Err()
		}
	})
	go func() {
		response, err := client.Get("http://" + w.address + "/readyz")
		if err == nil {
			_ = response.Body.Close()
		}
	}()
	<-entered
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := w.server.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Shutdown: %v", err)
	}
	if err := <-told; !errors.Is(err, context.Canceled) {
		t.Errorf("the request was told %v", err)
	}
}

// TestShutdownBeforeServe: a stop during the start is a stop.
func TestShutdownBeforeServe(t *testing.T) {
	w := newWorld(t)
	if err := w.server.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.server.Serve(listener); err != nil {
		t.Errorf("Serve after Shutdown: %v", err)
	}
	if _, err := listener.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the listener is still open: %v", err)
	}
}
