// ask answers questions about Alertmanager's own parsers: one JSON object a line in, one a line out.
//
//	{"matchers": "a=b"}                            what each grammar reads
//	{"matchers": "a=b", "labels": {"a": "b"}}      and whether what the mode in between reads matches
//	{"intervals": [{…}], "instants": [1767225600]} whether one of the intervals holds at each instant
//	{"config": "route: …", "alerts": [{"a": "b"}], "instants": [1767225600], "firing": [{"a": "c"}]}
//	                                               how a configuration routes each alert, in which hours, and
//	                                               whether the firing alerts inhibit it
package main

import (
	"bufio"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"time"
	_ "time/tzdata"

	"github.com/prometheus/alertmanager/featurecontrol"
	"github.com/prometheus/alertmanager/matcher/compat"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/alertmanager/timeinterval"
	"github.com/prometheus/common/model"
	"gopkg.in/yaml.v2"
)

type question struct {
	Matchers  *string          `json:"matchers"`
	Labels    model.LabelSet   `json:"labels"`
	Intervals json.RawMessage  `json:"intervals"`
	Instants  []int64          `json:"instants"`
	Config    string           `json:"config"`
	Alerts    []model.LabelSet `json:"alerts"`
	Firing    []model.LabelSet `json:"firing"`
}

type reading struct {
	Matchers [][3]string `json:"matchers"`
	Fault    string      `json:"fault,omitempty"`
	Matches  bool        `json:"matches"`
}

type answer struct {
	Classic  *reading `json:"classic,omitempty"`
	UTF8     *reading `json:"utf8,omitempty"`
	Fallback *reading `json:"fallback,omitempty"`
	Holds    []bool   `json:"holds,omitempty"`
	Routed   []routed `json:"routed,omitempty"`
	Fault    string   `json:"fault,omitempty"`
}

var (
	silent   = slog.New(slog.NewTextHandler(io.Discard, nil))
	classic  = compat.ClassicMatchersParser(silent)
	utf8     = compat.UTF8MatchersParser(silent)
	fallback = compat.FallbackMatchersParser(silent)
)

func read(parse compat.ParseMatchers, asked question) *reading {
	found, err := parse(*asked.Matchers, "")
	if err != nil {
		return &reading{Fault: err.Error()}
	}
	said := make([][3]string, 0, len(found))
	for _, each := range found {
		said = append(said, [3]string{each.Name, each.Type.String(), each.Value})
	}
	return &reading{Matchers: said, Matches: labels.Matchers(found).Matches(asked.Labels)}
}

func within(asked question) answer {
	var intervals []timeinterval.TimeInterval
	// JSON is YAML, and configurations are read as YAML.
	if err := yaml.UnmarshalStrict(asked.Intervals, &intervals); err != nil {
		return answer{Fault: err.Error()}
	}
	holds := make([]bool, len(asked.Instants))
	for i, instant := range asked.Instants {
		for _, each := range intervals {
			holds[i] = holds[i] || each.ContainsTime(time.Unix(instant, 0).UTC())
		}
	}
	return answer{Holds: holds}
}

func reply(line []byte) answer {
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Fault: err.Error()}
	}
	if asked.Config != "" {
		return route(asked)
	}
	if asked.Matchers == nil {
		return within(asked)
	}
	return answer{Classic: read(classic, asked), UTF8: read(utf8, asked), Fallback: read(fallback, asked)}
}

func main() {
	// What Alertmanager reads configurations with, unless it is told another mode.
	compat.InitFromFlags(silent, featurecontrol.NoopFlags{})
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		if err := out.Encode(reply(lines.Bytes())); err != nil {
			os.Exit(1)
		}
	}
}
