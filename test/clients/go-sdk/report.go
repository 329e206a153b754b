package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"time"
)

// check runs one part of the program and reports it as a line of JSON.
func check(name string, run func()) {
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

// must is the answer of a call that has to succeed.
func must[T any](answer T, err error) T {
	if err != nil {
		panic(err)
	}
	return answer
}

func expect(holds bool, format string, values ...any) {
	if !holds {
		panic(fmt.Sprintf(format, values...))
	}
}

func until(what string, holds func() bool) {
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(100 * time.Millisecond) {
		expect(time.Now().Before(deadline), "no %s after 20 s", what)
	}
}
