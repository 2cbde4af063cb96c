package main

import (
	"context"
	"time"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/eventrecorder"
	"github.com/prometheus/alertmanager/inhibit"
	"github.com/prometheus/alertmanager/provider"
	"github.com/prometheus/alertmanager/timeinterval"
	"github.com/prometheus/alertmanager/types"
	"github.com/prometheus/common/model"
)

// delivery is one route that wins an alert; Told says of each instant whether its hours let it through.
type delivery struct {
	Receiver string         `json:"receiver"`
	Path     []int          `json:"path"`
	Group    model.LabelSet `json:"group"`
	Wait     int64          `json:"wait"`
	Interval int64          `json:"interval"`
	Repeat   int64          `json:"repeat"`
	Told     []bool         `json:"told"`
}

type routed struct {
	Deliveries []delivery `json:"deliveries"`
	Inhibited  bool       `json:"inhibited"`
}

// given is a provider of the alerts that fire, and of no others ever.
type given struct {
	provider.Alerts
	alerts []*types.Alert
}

func (g given) SlurpAndSubscribe(string) ([]*types.Alert, provider.AlertIterator) {
	return g.alerts, provider.NewAlertIterator(make(chan *provider.Alert), make(chan struct{}), nil)
}

// path finds a route in the tree: the positions that lead to it.
func path(from, to *dispatch.Route) []int {
	if from == to {
		return []int{}
	}
	for i, each := range from.Routes {
		if rest := path(each, to); rest != nil {
			return append([]int{i}, rest...)
		}
	}
	return nil
}

// group is what the dispatcher groups an alert by.
func group(labels model.LabelSet, options dispatch.RouteOpts) model.LabelSet {
	found := model.LabelSet{}
	for name, value := range labels {
		if _, ok := options.GroupBy[name]; ok || options.GroupByAll {
			found[name] = value
		}
	}
	return found
}

// told is what the two stages of hours let through.
func told(intervener *timeinterval.Intervener, options dispatch.RouteOpts, instants []int64) ([]bool, error) {
	found := make([]bool, len(instants))
	for i, each := range instants {
		at := time.Unix(each, 0)
		active, _, err := intervener.Mutes(options.ActiveTimeIntervals, at)
		if err != nil {
			return nil, err
		}
		muted, _, err := intervener.Mutes(options.MuteTimeIntervals, at)
		if err != nil {
			return nil, err
		}
		found[i] = (active || len(options.ActiveTimeIntervals) == 0) && !muted
	}
	return found, nil
}

func inhibitor(loaded *config.Config, firing []model.LabelSet) *inhibit.Inhibitor {
	now := time.Now()
	alerts := make([]*types.Alert, 0, len(firing))
	for _, each := range firing {
		alert := model.Alert{Labels: each, StartsAt: now.Add(-time.Minute), EndsAt: now.Add(time.Hour)}
		alerts = append(alerts, &types.Alert{Alert: alert, UpdatedAt: now})
	}
	found := inhibit.NewInhibitor(given{alerts: alerts}, loaded.InhibitRules, silent, eventrecorder.NopRecorder())
	go found.Run()
	found.WaitForLoading()
	return found
}

func intervals(loaded *config.Config) *timeinterval.Intervener {
	found := map[string][]timeinterval.TimeInterval{}
	for _, each := range loaded.MuteTimeIntervals {
		found[each.Name] = each.TimeIntervals
	}
	for _, each := range loaded.TimeIntervals {
		found[each.Name] = each.TimeIntervals
	}
	return timeinterval.NewIntervener(found)
}

func route(asked question) answer {
	loaded, err := config.Load(asked.Config)
	if err != nil {
		return answer{Fault: err.Error()}
	}
	root, hours, silencer := dispatch.NewRoute(loaded.Route, nil), intervals(loaded), inhibitor(loaded, asked.Firing)
	defer silencer.Stop()
	all := make([]routed, 0, len(asked.Alerts))
	for _, labels := range asked.Alerts {
		one := routed{Deliveries: []delivery{}, Inhibited: silencer.Mutes(context.Background(), labels)}
		for _, each := range root.Match(labels) {
			options := each.RouteOpts
			lets, err := told(hours, options, asked.Instants)
			if err != nil {
				return answer{Fault: err.Error()}
			}
			one.Deliveries = append(one.Deliveries, delivery{
				options.Receiver, path(root, each), group(labels, options),
				options.GroupWait.Milliseconds(), options.GroupInterval.Milliseconds(),
				options.RepeatInterval.Milliseconds(), lets,
			})
		}
		all = append(all, one)
	}
	return answer{Routed: all}
}
