// The files of a lean unit, from the values of its layers, in idiomatic Jsonnet.
local message = import 'message.libsonnet';
local notify = import 'notify.libsonnet';
local rules = import 'rules.libsonnet';
local tests = import 'tests.libsonnet';

local scrape(p, id, service) = {
  scrape_configs: [
    {
      job_name: p.tenant.id + '/' + id + '/' + name,
      honor_labels: false,
      scrape_interval: service.scrape[name].interval,
      static_configs: [{ targets: service.scrape[name].targets }],
      relabel_configs: [
        { target_label: 'job', replacement: id },
        { target_label: 'component', replacement: name },
        { target_label: 'tenant', replacement: p.tenant.id },
      ],
    }
    for name in std.objectFields(service.scrape)
  ],
};

// The English texts; other languages would need catalogues.
local texts = {
  of: '%s of %s',
  resolved: 'resolved',
  firing: 'firing',
  more: 'and %s more',
  since: 'Since %s',
  between: 'From %s to %s',
  service: 'Service',
  severity: 'Severity',
  owner: 'Owner',
  contact: 'Contact',
  runbook: 'Runbook',
  silence: 'Silence it',
  severities: { critical: 'critical', warning: 'warning', info: 'info' },
  counts: 'Firing: %s, resolved: %s',
  groups: { critical: 'Critical', warning: 'Warning', others: 'Others' },
};

local yaml(value) = std.manifestYamlDoc(value, indent_array_in_object=true, quote_keys=false);
local json(value) = std.manifestJsonEx(value, '  ');

function(p) {
  'alertmanager.yaml': yaml(notify.alertmanager(p)),
  'rules/_tenant.yaml': yaml(rules.tenant(p)),
  'tests/_tenant.yaml': yaml(tests.tenant(p)),
  'slack/alert.json': json(message.alert(p, texts)),
  'slack/digest.json': json(message.digest(p, texts)),
  'slack/resolved.json': json(message.resolved(p, texts)),
} + {
  ['rules/' + id + '.yaml']: yaml(rules.service(p, id, p.services[id]))
  for id in std.objectFields(p.services)
} + {
  ['scrape/' + id + '.yaml']: yaml(scrape(p, id, p.services[id]))
  for id in std.objectFields(p.services)
}
