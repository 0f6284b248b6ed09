//go:build tools

// Package tools pins yq: go.mod records the version, go.sum what it is made of.
package tools

import _ "github.com/mikefarah/yq/v4"
