// Package objects tells when the objects of some kinds change in one namespace: by lists and watches of the Kubernetes
// API, of their metadata alone, with nothing but Go's own library.
// Source: https://kubernetes.io/docs/reference/using-api/api-concepts/
package objects

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"
)

// Access is how the API server is asked. The token ends, so another one comes before that.
type Access struct {
	APIServer string `json:"apiServer"`
	Namespace string `json:"namespace"`
	Token     string `json:"token"`
}

const (
	// From the question to the first line of the answer: of a watch too.
	answerLimit = 15 * time.Second
	// A connection that is cut without a word is found out within twice this.
	pingPause = 30 * time.Second
	// An answer that names a group's versions, or a list of one object without its contents.
	maxAnswer = 4 << 20
)

// Client asks for one person's namespace. All its watches share one connection.
type Client struct {
	http   *http.Client
	mutex  sync.Mutex
	access Access
}

// NewClient trusts the certificates of that file alone, and takes no proxy's word.
func NewClient(certificates string) (*Client, error) {
	bundle, err := os.ReadFile(certificates)
	if err != nil {
		return nil, err
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(bundle) {
		return nil, fmt.Errorf("%s holds no certificate", certificates)
	}
	transport := &http.Transport{
		TLSClientConfig:       &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:     true,
		HTTP2:                 &http.HTTP2Config{SendPingTimeout: pingPause, PingTimeout: answerLimit},
		TLSHandshakeTimeout:   answerLimit,
		ResponseHeaderTimeout: answerLimit,
		MaxIdleConns:          1,
		IdleConnTimeout:       time.Minute,
	}
	refuse := func(*http.Request, []*http.Request) error { return errors.New("the API server sends nobody elsewhere") }
	return &Client{http: &http.Client{Transport: transport, CheckRedirect: refuse}}, nil
}

// SetAccess holds for questions from now on; a watch goes on as it was let in.
func (c *Client) SetAccess(access Access) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.access = access
}

// Close ends the connection, once all watches have ended.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func (c *Client) current() Access {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.access
}

// A refusal is an answer of the API server that is not the one that was asked for.
type refusal struct {
	status  int
	message string
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s", r.status, r.message) }

func isStatus(err error, status int) bool {
	var refused *refusal
	return errors.As(err, &refused) && refused.status == status
}

// get opens an answer; the caller closes it.
func (c *Client) get(ctx context.Context, access Access, path string, query url.Values, accept string) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, access.APIServer+path+"?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+access.Token)
	request.Header.Set("Accept", accept)
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode == http.StatusOK {
		return answer.Body, nil
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer))
	return nil, &refusal{answer.StatusCode, path}
}

func (c *Client) read(ctx context.Context, access Access, path string, query url.Values, accept string, into any) error {
	limited, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	body, err := c.get(limited, access, path, query, accept)
	if err != nil {
		return err
	}
	defer body.Close()
	return json.NewDecoder(io.LimitReader(body, maxAnswer)).Decode(into)
}
