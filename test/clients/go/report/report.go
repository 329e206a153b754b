// Package report is what the programs here have in common: parts that are run one by one, each reported as a line of JSON.
package report

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"time"
)

// Check runs one part of the program and reports it as a line of JSON.
func Check(name string, run func()) {
	report := map[string]any{"name": name, "ok": true}
	defer func() {
		if fault := recover(); fault != nil {
			report["ok"] = false
			report["detail"] = fmt.Sprintf("%v\n%s", fault, debug.Stack())
		}
		json.NewEncoder(os.Stdout).Encode(report)
	}()
	run()
}

// Must is the answer of a call that has to succeed.
func Must[T any](answer T, err error) T {
	if err != nil {
		panic(err)
	}
	return answer
}

// Expect fails the part that runs unless something holds.
func Expect(holds bool, format string, values ...any) {
	if !holds {
		panic(fmt.Sprintf(format, values...))
	}
}

// Until waits for something to hold.
func Until(what string, holds func() bool) {
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(100 * time.Millisecond) {
		Expect(time.Now().Before(deadline), "no %s after 20 s", what)
	}
}

// Ptr is a pointer to a value, as clients take what may be left out.
func Ptr[T any](value T) *T { return &value }

// Same expects what was created to be what is shown.
func Same(made, shown any) {
	Expect(reflect.DeepEqual(made, shown), "made %v, shown %v", made, shown)
}

// Pem is a certificate or key of the tests.
func Pem(name string) string {
	return string(Must(os.ReadFile(filepath.Join(os.Getenv("ELBOW_TEST_DATA"), name+".pem"))))
}
