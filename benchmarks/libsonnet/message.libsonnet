// Slack messages: Go templates in Block Kit, in which every value of an alert is cleaned, escaped and truncated.
local first = '{{ $a := index (or $.Alerts.Firing $.Alerts) 0 }}';
local controls = @'\x00-\x08\x0B-\x1F\x7F-\x9F\x{2028}\x{2029}\x{202A}-\x{202E}\x{2066}-\x{2069}\x{FEFF}\x{FFFE}\x{FFFF}';
local seen = ' | reReplaceAll `[' + controls + ']` ``';
local one = @' | reReplaceAll `\s+` ` `';
local trim = @' | reReplaceAll `^\s+|\s+$` ``';
local escape = ' | reReplaceAll `&` `&amp;` | reReplaceAll `<` `&lt;` | reReplaceAll `>` `&gt;`';
local cut(size) = ' | reReplaceAll `(?s)^(' + size + ').+$` `${1}…`';
local entity = ' | reReplaceAll `&[a-z]*…$` `…`';

local plain(of, size) = '{{ or (' + of + seen + one + trim + ') "-"' + cut('.{' + size + '}') + ' }}';
local rich(of, size) = '{{ or (' + of + seen + one + trim + ') "-"' + escape + cut('.{' + size + '}') + entity + ' }}';
local paragraph(of, size) = '{{ or (' + of + seen + trim + ') "-"' + escape + cut(size) + entity + ' }}';

local name = '$a.Labels.alertname';
local service = '(or $a.Labels.service $a.Labels.tenant)';
local summary = '(or $a.Annotations.summary $a.Labels.alertname)';
local is(of, severity) = 'eq ' + of + '.Labels.severity "' + severity + '"';
local sign =
  '{{ if eq $.Status "resolved" }}✅'
  + '{{ else if ' + is('$a', 'critical') + ' }}🔴{{ else if ' + is('$a', 'warning') + ' }}🟠{{ else }}🔵{{ end }} ';
local status(t) = '{{ if eq $.Status "resolved" }}' + t.resolved + '{{ else }}' + t.firing + '{{ end }}';
local quoted =
  ' | reReplaceAll `<` `%3C` | reReplaceAll `>` `%3E` | reReplaceAll `[|]` `%7C`'
  + ' | reReplaceAll `"` `%22` | reReplaceAll "`" "%60"';
local link(of) =
  first + @'{{ if match `^https?://[^\pC\pZ\x{FFFE}\x{FFFF}]{1,700}$` ' + of + ' }}{{ ' + of + quoted + ' }}'
  + '{{ else }}{{ $.ExternalURL' + quoted + ' }}{{ end }}';
local date(of) =
  '<!date^{{ ' + of + '.Unix }}^{date_short_pretty} {time}|{{ ' + of + '.UTC.Format "2006-01-02 15:04 UTC" }}>';
local count(of) = '{{ $c := ' + of + ' }}{{ len $c }}';

local mrkdwn(text) = { type: 'mrkdwn', verbatim: true, text: first + text };
local header(text) = { type: 'header', text: { type: 'plain_text', emoji: true, text: first + sign + text } };
local section(text) = { type: 'section', text: mrkdwn(text) };
local context(p, since) = {
  type: 'context',
  elements: [mrkdwn(since), mrkdwn(rich('$a.Labels.tenant', 64) + ' in ' + p.environment)],
};
local button(id, label, of) = {
  type: 'button',
  action_id: id,
  text: { type: 'plain_text', text: first + label },
  url: link(of),
};

local most(size, body) =
  '{{ if lt (len $n) ' + size + ' }}\n' + body + '{{ end }}{{ $n = printf "%s." $n }}';
local more(t, size) =
  '{{ if gt (len $n) ' + size + ' }}\n' + t.more % ('{{ len (slice $n ' + size + ') }}') + '{{ end }}';
local title(t) = t.of % [plain(name, 55), plain(service, 55)];
local fallback(t) =
  first + sign + t.of % [rich(name, 100), rich(service, 64)] + ': ' + status(t) + '. ' + rich(summary, 250);

{
  alert(p, t):: {
    local severities = [
      'if ' + is('$a', severity) + ' }}' + t.severities[severity]
      for severity in ['critical', 'warning', 'info']
    ],
    local severity =
      '{{ ' + std.join('{{ else ', severities) + '{{ else }}' + rich('$a.Labels.severity', 20) + '{{ end }}',
    local described =
      '{{ if $a.Annotations.description }}\n' + paragraph('$a.Annotations.description', '.{1000}.{500}') + '{{ end }}',
    text: fallback(t),
    blocks: [
      header(title(t)),
      section('*' + rich(summary, 250) + '*' + described),
      {
        type: 'section',
        fields: [
          mrkdwn('*' + t.service + '*: ' + rich(service, 64)),
          mrkdwn('*' + t.severity + '*: ' + severity),
          mrkdwn('*' + t.owner + '*: ' + rich('$a.Annotations.owner', 100)),
          mrkdwn('*' + t.contact + '*: ' + rich('$a.Annotations.contact', 100)),
        ],
      },
      {
        type: 'actions',
        elements: [
          button('runbook', t.runbook, '$a.Annotations.runbook_url'),
          button('silence', t.silence, '$a.Annotations.silence_url'),
        ],
      },
      context(p, t.since % date('$a.StartsAt')),
    ],
  },

  resolved(p, t):: {
    local each = most('8', rich(service, 64) + ': ' + rich(summary, 100)),
    local others =
      '{{ if gt (len $.Alerts) 1 }}{{ $n := "" }}{{ range $a := $.Alerts.Resolved }}' + each + '{{ end }}'
      + more(t, '8') + '{{ end }}',
    text: fallback(t),
    blocks: [
      header(title(t) + ': ' + status(t)),
      section('*' + rich(summary, 250) + '*' + others),
      context(p, t.between % [date('$a.StartsAt'), date('$a.EndsAt')]),
    ],
  },

  digest(p, t)::
    local counts = t.counts % [count('$.Alerts.Firing'), count('$.Alerts.Resolved')];
    local each = most('10', '*' + rich(service, 64) + '* ' + rich(name, 80) + ': ' + rich(summary, 80));
    local group(title, test) = section(
      '*' + title + '*: {{ $c := "" }}{{ range $.Alerts.Firing }}{{ if ' + test('') + ' }}'
      + '{{ $c = printf "%s." $c }}{{ end }}{{ end }}{{ len $c }}'
      + '{{ $n := "" }}{{ range $a := $.Alerts.Firing }}{{ if ' + test('$a') + ' }}' + each + '{{ end }}{{ end }}'
      + more(t, '10')
    );
    {
      text: first + sign + counts,
      blocks: [
        header(counts),
        group(t.groups.critical, function(of) is(of, 'critical')),
        group(t.groups.warning, function(of) is(of, 'warning')),
        group(t.groups.others, function(of) 'not (or (' + is(of, 'critical') + ') (' + is(of, 'warning') + '))'),
        context(p, t.since % date('$a.StartsAt')),
      ],
    },
}
