// Alertmanager: the tenant's receivers, routes by severity, hours, and inhibitions.
local called(p, kind, of) = '{{ template "varve.' + p.locale + '.' + kind + '.' + of + '" . }}';

local kinds = {
  slack(p, of, secrets):: {
    local t(of) = called(p, 'slack', of),
    slack_configs: [{
      api_url_file: secrets + of.url.secret,
      channel: of.channel,
      send_resolved: true,
      title: t('title'),
      title_link: t('link'),
      text: t('text'),
      fallback: t('fallback'),
      color: t('color'),
      footer: t('footer'),
      fields: [
        { title: t(name + '.title'), value: t(name + '.value'), short: true }
        for name in ['service', 'severity', 'owner', 'contact']
      ],
      actions: [
        { type: 'button', text: t(name + '.text'), url: t(name + '.url') }
        for name in ['runbook', 'silence']
      ],
      mrkdwn_in: ['text'],
    }],
  },
  pagerduty(p, of, secrets):: {
    local t(of) = called(p, 'pagerduty', of),
    pagerduty_configs: [{
      routing_key_file: secrets + of.routing_key.secret,
      send_resolved: true,
      description: t('description'),
      severity: t('severity'),
      class: t('class'),
      component: t('component'),
      details: {
        [name]: t('quoted.' + name)
        for name in ['firing', 'resolved', 'service', 'severity', 'owner', 'contact']
      },
      links: [{ href: t(name + '.url'), text: t(name + '.text') } for name in ['runbook', 'silence']],
    }],
  },
  user(p, of, secrets):: {
    local t(of) = called(p, 'email', of),
    email_configs: [{
      to: p.users[of].email,
      send_resolved: true,
      headers: { Subject: t('subject') },
      html: t('html'),
      text: t('text'),
    }],
  },
};

local receiver(p, name, of, secrets) =
  local kind = std.objectFields(of)[0];
  { name: name } + kinds[kind](p, of[kind], secrets);

local routes(p, severity, route) =
  local last = std.length(route.receivers) - 1;
  [
    {
      matchers: ['severity="' + severity + '"', 'alertname!="Escalated"'],
      receiver: p.tenant.id + '/' + route.receivers[index],
      [if std.objectHas(route, 'repeat') then 'repeat_interval']: route.repeat,
      [if std.objectHas(route, 'hours') then 'active_time_intervals']: [p.tenant.id + '/' + route.hours],
      [if index < last then 'continue']: true,
    }
    for index in std.range(0, last)
  ];

local node(receiver, grouped) = {
  receiver: receiver,
  group_by: ['tenant', 'alertname'] + grouped,
  group_wait: '30s',
  group_interval: '5m',
  repeat_interval: '4h',
};

{
  alertmanager(p):: {
    local id = p.tenant.id,
    local tenant = 'tenant="' + id + '"',
    local secrets = p.platform.secrets.root,
    local escalations = [
      {
        matchers: ['alertname="Escalated"', 'escalation="' + each.severity + '-' + each.after + '"'],
        receiver: id + '/' + name,
      }
      for each in p.notify.escalation
      for name in each.receivers
    ],
    local severities = [
      routes(p, severity, p.notify.routes[severity])
      for severity in std.objectFields(p.notify.routes)
    ],
    local inhibited(severity) = [tenant, 'service!=""', severity, 'alertname!="Escalated"'],
    global: { smtp_smarthost: p.platform.smtp.smarthost, smtp_from: p.platform.smtp.from },
    templates: ['../../shared/alertmanager/' + p.locale + '.tmpl'],
    route: node('platform', []) {
      routes: [
        node('platform', ['service']) {
          matchers: [tenant],
          routes: escalations + std.flattenArrays(severities),
        },
      ],
    },
    receivers: [receiver(p, 'platform', p.platform.receiver, secrets + '/platform/')] + [
      receiver(p, id + '/' + name, p.notify.receivers[name], secrets + '/tenants/' + id + '/')
      for name in ['oncall', 'team', 'alice']
    ],
    time_intervals: [
      local hours = p.notify.hours[name];
      {
        name: id + '/' + name,
        time_intervals: [{
          times: [{ start_time: hours.from, end_time: hours.to }],
          weekdays: [hours.days],
          location: p.timezone,
        }],
      }
      for name in std.objectFields(p.notify.hours)
    ],
    inhibit_rules: [{
      source_matchers: inhibited('severity="critical"'),
      target_matchers: inhibited('severity=~"warning|info"'),
      equal: ['tenant', 'service'],
    }],
  },
}
