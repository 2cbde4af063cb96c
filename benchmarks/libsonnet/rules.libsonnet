// Rules for Prometheus: who the tenant is, how much of its quotas it uses, its escalations, and its services' alerts.
local matcher(p) = 'tenant="' + p.tenant.id + '"';
local capital(word) = std.asciiUpper(word[0]) + word[1:];
local text(p, of) =
  local language = p.locale[:2];
  if std.objectHas(of, language) then of[language] else of.en;
local thousands(number) =
  local digits = std.toString(number), size = std.length(digits);
  std.join('', [
    (if index > 0 && (size - index) % 3 == 0 then ',' else '') + digits[index]
    for index in std.range(0, size - 1)
  ]);
local silence(p, alert, more) =
  local labels = [['alertname', alert], ['tenant', p.tenant.id]] + more;
  local encoded = [pair[0] + '%3D%22' + pair[1] + '%22' for pair in labels];
  p.platform.alertmanager.url + '/#/silences/new?filter=%7B' + std.join('%2C', encoded) + '%7D';
local contact(p, service) =
  local user = p.users[service.contact.user];
  user.name + ' <' + user.email + '>';
local labels(p, severity, more) = p.labels { severity: severity, tenant: p.tenant.id } + more;

local quotas = [
  {
    name: 'series',
    metric: 'series',
    has: '%s has {{ $value | humanizePercentage }} of the %s series that it may have. ',
    near: 'Look for labels with too many values, or ask the platform team for a larger quota.',
    over: 'The platform team may drop what is above.',
    used(p):: 'sum(scrape_samples_post_metric_relabeling{' + matcher(p) + '}) / ' + p.quotas.series,
  },
  {
    name: 'samples_per_second',
    metric: 'samples',
    has: '%s sends {{ $value | humanizePercentage }} of the %s samples a second that it may send. ',
    near: 'Scrape less often, or ask the platform team for a larger quota.',
    over: 'The platform team may scrape it less often.',
    used(p)::
      'sum(sum_over_time(scrape_samples_scraped{' + matcher(p) + '}[5m])) / 300 / ' + p.quotas.samples_per_second,
  },
];

local quota(p, each) =
  local alert(kind, test, duration, severity, says) = {
    local name = 'Tenant' + capital(each.metric) + kind,
    alert: name,
    expr: 'varve_tenant_quota_used:ratio{' + matcher(p) + ',quota="' + each.name + '"} ' + test,
    'for': duration,
    labels: labels(p, severity, { pack: 'tenant' }),
    annotations: {
      summary: p.tenant.name + says + ' its quota of ' + each.metric,
      description:
        each.has % [p.tenant.name, thousands(p.quotas[each.name])]
        + (if kind == 'NearQuota' then each.near else each.over),
      silence_url: silence(p, name, []),
    },
  };
  [
    {
      record: 'varve_tenant_quota_used:ratio',
      expr: each.used(p),
      labels: { quota: each.name, tenant: p.tenant.id },
    },
    alert('NearQuota', '> 0.8', '30m', 'warning', ' is near'),
    alert('OverQuota', '>= 1', '10m', 'critical', ' has used up'),
  ];

local branches(p, of, otherwise) =
  local cases = [
    '{{ if eq $labels.service "' + id + '" }}' + of(id, p.services[id])
    for id in std.objectFields(p.services)
  ];
  std.join('{{ else }}', [std.join('', cases)] + (if otherwise == '' then [] else [otherwise])) + '{{ end }}';

local escalation(p, each) =
  local minutes = std.strReplace(each.after, 'm', '');
  local firing = matcher(p) + ',alertstate="firing",severity="' + each.severity + '",alertname!="Escalated"';
  {
    alert: 'Escalated',
    expr:
      'max without (alertstate) (label_replace(ALERTS{' + firing + '}, "escalates", "$1", "alertname", "(.+)"))',
    'for': each.after,
    labels: { escalation: each.severity + '-' + each.after, tenant: p.tenant.id },
    annotations: {
      summary: '{{ $labels.escalates }} has been firing for ' + minutes + ' minutes',
      description:
        '{{ $labels.escalates }} ({{ $labels.severity }}) has not ended in ' + minutes
        + ' minutes, so others are notified too.',
      silence_url: branches(
        p, function(id, _) silence(p, 'Escalated', [['service', id]]), silence(p, 'Escalated', [])
      ),
      runbook_url: branches(p, function(_, service) service.runbook, ''),
      owner: branches(p, function(_, service) service.owner, ''),
      contact: branches(p, function(_, service) contact(p, service), ''),
    },
  };

{
  tenant(p):: {
    local who = {
      record: 'varve_tenant_info',
      expr: 'vector(1)',
      labels: {
        isolation: p.tenant.isolation,
        locale: p.locale,
        name: p.tenant.name,
        region: p.tenant.region,
        tenant: p.tenant.id,
        tier: p.tenant.tier,
        timezone: p.timezone,
      },
    },
    local what(id, service) = {
      record: 'varve_service_info',
      expr: 'vector(1)',
      labels: {
        description: text(p, service.description),
        owner: service.owner,
        service: id,
        tenant: p.tenant.id,
      },
    },
    groups: [
      {
        name: p.tenant.id + '/_tenant/tenant',
        rules:
          [who] + [what(id, p.services[id]) for id in std.objectFields(p.services)]
          + std.flattenArrays([quota(p, each) for each in quotas]),
      },
      { name: p.tenant.id + '/_escalation', rules: [escalation(p, each) for each in p.notify.escalation] },
    ],
  },

  service(p, id, service):: {
    local rule(name, alert) = {
      alert: name,
      expr: std.strReplace(alert.expr, '{job=', '{' + matcher(p) + ',job='),
      'for': alert['for'],
      labels: labels(p, alert.severity, { service: id }),
      annotations: {
        summary: text(p, alert.summary),
        runbook_url: service.runbook,
        owner: service.owner,
        contact: contact(p, service),
        silence_url: silence(p, name, [['service', id]]),
      },
    },
    groups: [
      {
        name: p.tenant.id + '/' + id,
        rules: [rule(name, service.alerts[name]) for name in std.objectFields(service.alerts)],
      },
    ],
  },
}
