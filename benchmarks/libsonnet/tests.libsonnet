// Tests for promtool: quotas just below and just above the thresholds, and escalations.
local sample(labels, value) = { labels: labels, value: value };
local one = [sample('{}', 1)];
local asked(expr, time, samples) = { expr: expr, eval_time: time, exp_samples: samples };
local series(of, values) = { series: of, values: values };
local trial(name, interval, input, questions) = {
  name: name,
  interval: interval,
  [if input != [] then 'input_series']: input,
  promql_expr_test: questions,
};
local any(alerts) = 'count(ALERTS{alertname=~"' + alerts + '"})';
local firing(alert) = 'count(ALERTS{alertname="' + alert + '",alertstate="firing"})';
local which(alerts) = 'count by (alertname) (ALERTS{alertname=~"' + alerts + '",alertstate="firing"})';
local named(alert) = [sample('{alertname="' + alert + '"}', 1)];

local quotas(p) =
  local id = p.tenant.id, most = p.quotas.series, rate = p.quotas.samples_per_second;
  local relabelled(tenant, instance) =
    'scrape_samples_post_metric_relabeling{tenant="' + tenant + '",job="a",instance="' + instance + ':80"}';
  local scraped = series('scrape_samples_scraped{tenant="' + id + '",job="a",instance="a:80"}', null);
  local samples(share) = [scraped { values: std.toString(std.floor(rate * 15 * share)) + '.0+0x160' }];
  [
    trial('tenant, series just below the share that alerts', '1m', [
      series(relabelled(id, 'a'), std.toString(std.floor(most * 0.792)) + '+0x40'),
      series(relabelled('not-' + id, 'b'), most + '+0x40'),
    ], [asked(any('TenantSeries.*'), '40m', [])]),
    trial('tenant, series just below the quota', '1m', [
      series(relabelled(id, 'a'), (most - 1) + '+0x40'),
    ], [asked(which('TenantSeries.*'), '40m', named('TenantSeriesNearQuota'))]),
    trial('tenant, as many series as the quota, from two instances', '1m', [
      series(relabelled(id, 'a'), (most - 1) + '+0x40'),
      series(relabelled(id, 'b'), '1+0x40'),
    ], [asked(firing('TenantSeriesOverQuota'), '40m', one)]),
    trial('tenant, samples below the share that alerts', '15s', samples(0.752), [
      asked(any('TenantSamples.*'), '40m', []),
    ]),
    trial('tenant, samples above the share that alerts', '15s', samples(0.808), [
      asked(which('TenantSamples.*'), '40m', named('TenantSamplesNearQuota')),
    ]),
    trial('tenant, samples above the quota', '15s', samples(1.01), [
      asked(firing('TenantSamplesOverQuota'), '40m', one),
    ]),
  ];

local escalation(p, each) =
  local id = p.tenant.id, name = each.severity + '-' + each.after;
  local minutes = std.parseInt(std.strReplace(each.after, 'm', ''));
  local alerts(alert, state, of) =
    local labels = [['alertname', alert], ['alertstate', state], ['severity', each.severity], ['tenant', of]];
    local said = std.join(',', [pair[0] + '="' + pair[1] + '"' for pair in labels]);
    series('ALERTS{' + said + '}', '1+0x' + (minutes + 1));
  local escalated = 'alertname="Escalated",alertstate="firing",escalation="' + name + '"';
  local expr = 'max by (escalates, escalation, severity, tenant) (ALERTS{' + escalated + '})';
  local stuck =
    '{escalates="Stuck",escalation="' + name + '",severity="' + each.severity + '",tenant="' + id + '"}';
  local title = 'escalation ' + name + ", of an alert that fires, and of none that is pending or somebody else's";
  trial(title, '1m', [
    alerts('Stuck', 'firing', id),
    alerts('Slow', 'pending', id),
    alerts('Else', 'firing', 'not-' + id),
  ], [
    asked(expr, (minutes - 1) + 'm', []),
    asked(expr, (minutes + 1) + 'm', [sample(stuck, 1)]),
  ]);

{
  tenant(p):: {
    local who = 'tier="' + p.tenant.tier + '",isolation="' + p.tenant.isolation + '"',
    local services = [sample('{}', std.length(std.objectFields(p.services)))],
    rule_files: ['../rules/_tenant.yaml'],
    evaluation_interval: '1m',
    tests: [
      trial('tenant, who it is', '1m', [], [
        asked('sum(varve_tenant_info{' + who + '})', '1m', one),
        asked('sum(varve_service_info) or vector(0)', '1m', services),
      ]),
    ] + quotas(p) + [escalation(p, each) for each in p.notify.escalation],
  },
}
