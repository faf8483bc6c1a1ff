package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

// config is what an operator can set. Every option has an environment twin,
// GIAYTO_ and its name; the command line wins.
type config struct {
	dev    bool
	listen string
	// admin is where metrics are told; "" for nowhere.
	admin  string
	data   string
	origin string
	// address is where a server listens, as an origin; "" for other commands.
	address string
	// keys say how private keys are reached.
	keys keyConfig
	// passkeys say which domain and which apps passkeys are for.
	passkeys passkeyConfig
	push     pushConfig
	// proxies are the addresses whose X-Forwarded-For is believed.
	proxies []netip.Prefix
}

// defaultOrigin is that of a server started without options.
const defaultOrigin = "http://127.0.0.1:8080"

// flags declares a command's options with the defaults of the environment.
func (c *config) flags(name string, stderr io.Writer) *flag.FlagSet {
	f := flag.NewFlagSet("giayto "+name, flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&c.data, "data", env("DATA", "giayto-data"), "`DIR` with database, keys and trust list (GIAYTO_DATA)")
	f.StringVar(&c.origin, "origin", env("ORIGIN", ""), "public origin, such as https://giayto.example (GIAYTO_ORIGIN)")
	c.keys.flags(f)
	return f
}

// environment reads what a server takes from the environment and what may be
// wrong there.
func (c *config) environment() error {
	if err := c.setProxies(env("TRUSTED_PROXIES", "")); err != nil {
		return fmt.Errorf("GIAYTO_TRUSTED_PROXIES: %w", err)
	}
	c.passkeys.rpID = env("RP_ID", "")
	if err := c.passkeys.setAndroid(env("ANDROID_APPS", "")); err != nil {
		return fmt.Errorf("GIAYTO_ANDROID_APPS: %w", err)
	}
	if err := c.passkeys.setApple(env("APPLE_APPS", "")); err != nil {
		return fmt.Errorf("GIAYTO_APPLE_APPS: %w", err)
	}
	dev := env("DEV", "")
	if dev == "" {
		return nil
	}
	var err error
	if c.dev, err = strconv.ParseBool(dev); err != nil {
		return fmt.Errorf("GIAYTO_DEV=%s: say true or false", dev)
	}
	return nil
}

// serverFlags adds the options of a server.
func (c *config) serverFlags(f *flag.FlagSet) {
	f.BoolVar(&c.dev, "dev", c.dev, "load demo registers and print how to begin (GIAYTO_DEV=true)")
	f.Func("trusted-proxies", "`CIDRS` whose X-Forwarded-For tells the client, with commas between (GIAYTO_TRUSTED_PROXIES)", c.setProxies)
	f.StringVar(&c.passkeys.rpID, "rp-id", c.passkeys.rpID, "`DOMAIN` of passkeys, for good: the host of the origin without it, or a domain above (GIAYTO_RP_ID)")
	f.Func("android-apps", "`PACKAGE=SHA256` of apps that may use passkeys, with commas between (GIAYTO_ANDROID_APPS)", c.passkeys.setAndroid)
	f.Func("apple-apps", "`TEAM.BUNDLE` of apps that may use passkeys, with commas between (GIAYTO_APPLE_APPS)", c.passkeys.setApple)
	f.StringVar(&c.listen, "listen", env("LISTEN", "127.0.0.1:8080"), "`ADDR` to listen on (GIAYTO_LISTEN)")
	c.push.serverFlags(f)
	f.StringVar(&c.admin, "admin-listen", env("ADMIN_LISTEN", ""), "`ADDR` for metrics, on this machine or a private network; none without it (GIAYTO_ADMIN_LISTEN)")
}

// setProxies reads prefixes such as 10.0.0.0/8, or single addresses.
func (c *config) setProxies(list string) error {
	c.proxies = nil
	for word := range strings.SplitSeq(list, ",") {
		word = strings.TrimSpace(word)
		if word == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(word)
		if err != nil {
			addr, addrErr := netip.ParseAddr(word)
			if addrErr != nil {
				return fmt.Errorf("%q is neither an address nor a prefix such as 10.0.0.0/8", word)
			}
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		c.proxies = append(c.proxies, prefix)
	}
	return nil
}

func env(name, otherwise string) string {
	if v, ok := os.LookupEnv("GIAYTO_" + name); ok {
		return v
	}
	return otherwise
}

// finish checks the configuration.
func (c *config) finish() error {
	loopback := true
	if c.listen != "" {
		host, _, err := net.SplitHostPort(c.listen)
		if err != nil {
			return fmt.Errorf("--listen %s: give HOST:PORT", c.listen)
		}
		ip := net.ParseIP(host)
		if loopback = host == "localhost" || (ip != nil && ip.IsLoopback()); !loopback {
			if c.origin == "" {
				return errors.New("listening beyond this machine needs --origin, the public https origin that credentials and checkers will name")
			}
			if c.dev {
				return errors.New("--dev prints codes and tokens and stays on this machine: listen on 127.0.0.1")
			}
		}
	}
	if c.origin == "" {
		return nil // what the data folder says, or the address of the server
	}
	u, err := parseOrigin(c.origin)
	if err != nil {
		return err
	}
	c.origin = u.String()
	if u.Scheme == "http" && !loopback {
		return errors.New("--origin must be https for a server that others reach")
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errors.New("--origin must be https, except on this machine itself")
	}
	return nil
}

// parseOrigin reads an origin and writes it as browsers do (RFC 6454 section
// 6.2), who compare letter by letter: host in lower case, no default port.
func parseOrigin(origin string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(origin, "/"))
	if err != nil || u.Hostname() == "" || u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.User != nil ||
		(u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("--origin %s: give a scheme and a host, such as https://giayto.example", origin)
	}
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if strings.HasSuffix(host, ".") || strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return nil, fmt.Errorf("--origin %s: write the host as it stands in the DNS, without a dot at its end", origin)
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		host = ip.String()
	}
	if port == map[string]string{"https": "443", "http": "80"}[u.Scheme] {
		port = ""
	}
	switch {
	case port != "":
		u.Host = net.JoinHostPort(host, port)
	case strings.Contains(host, ":"):
		u.Host = "[" + host + "]"
	default:
		u.Host = host
	}
	return u, nil
}

// listening notes the address of a server on this machine.
func (c *config) listening(addr string) { c.address = "http://" + addr }

// fallback is the origin where none was given and the data folder names stored,
// "" for none. A public one is kept, because checkers and credentials name it;
// one on this machine follows the server's address.
func (c *config) fallback(stored string) string {
	switch {
	case stored != "" && (c.address == "" || strings.HasPrefix(stored, "https:")):
		return stored
	case c.address != "":
		return c.address
	}
	return defaultOrigin
}
