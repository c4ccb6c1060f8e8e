'use strict';
// Whatever the service says comes from documents and disk images: it is shown as text only, and becomes part of an address only encoded.
const at = id => document.getElementById(id);
const ended = ['completed', 'failed', 'timed_out', 'cancelled', 'dead_lettered'];
const pause = 2000;
let timer, visit = 0, shown = 50, allShown = '';

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) element.setAttribute(name, value);
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

// ---- The service

const key = name => sessionStorage.getItem(name) ?? '';

async function ask(path, options = {}) {
  const headers = { ...options.headers };
  if (key('key')) headers['x-access-key'] = key('key');
  if (key('host-key') || key('key')) headers['x-functions-key'] = key('host-key') || key('key');
  const response = await fetch(path, { ...options, headers });
  if (response.ok) return response;
  if (response.status === 401) {
    openKey();
    throw Object.assign(new Error(key('key') ? 'This service does not know the key.' : 'This service asks for a key.'), { status: 401 });
  }
  const problem = await response.json().catch(() => ({}));
  throw Object.assign(new Error(problem.detail || problem.title || `The service answered ${response.status}.`), { status: response.status, problem });
}

const read = async path => (await ask(path)).json();
const pathTo = id => `/jobs/${encodeURIComponent(id)}`;

function say(text, isBad) {
  if (at('message').textContent !== text) at('message').textContent = text;
  at('message').className = isBad ? 'bad' : '';
}

const complain = error => say(error instanceof TypeError ? 'The service does not answer; trying again.' : error.message, true);

// ---- Words

function moment(text) {
  return text ? make('time', { datetime: text, title: text }, new Date(text).toLocaleString()) : '';
}

function duration(from, to) {
  const seconds = (new Date(to ?? Date.now()) - new Date(from)) / 1000;
  if (!(seconds >= 0)) return '';
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${Math.floor(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function stateOf(state) {
  const kind = state === 'completed' ? 'good' : ended.includes(state) ? 'bad' : 'busy';
  return make('span', { class: kind }, state.replaceAll('_', ' '));
}

const bar = percent => make('progress', { max: 100, value: percent, 'aria-label': 'done' }, `${percent}%`);
const cell = (label, ...content) => make('td', { 'data-label': label }, ...content);

function fill(list, facts) {
  list.replaceChildren(...facts.filter(([, value]) => value !== null && value !== undefined && value !== '')
    .flatMap(([name, value]) => [make('dt', null, name), make('dd', null, value instanceof Node ? value : String(value))]));
  return list;
}

// Rows that are made anew must not take away the place of who goes through them by keyboard.
function replaceRows(body, rows) {
  const focused = body.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
  body.replaceChildren(...rows);
  if (focused) [...body.querySelectorAll('a')].find(link => link.getAttribute('href') === focused)?.focus();
}

// ---- The list

async function showList(mine) {
  const filter = new FormData(at('filter'));
  const query = [...filter].filter(([, value]) => value).map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join('');
  let jobs = [], next = '', pages = 0;
  do {
    const page = await read(`/jobs?limit=${Math.min(1000, shown - jobs.length)}${query}${next && `&cursor=${encodeURIComponent(next)}`}`);
    jobs = jobs.concat(page.jobs);
    next = page.next ?? '';
  } while (next && jobs.length < shown && ++pages < 10);

  const busy = jobs.filter(job => !ended.includes(job.state));
  const views = new Map(await Promise.all(busy.slice(0, 8).map(async job => [job.job_id, await read(pathTo(job.job_id)).catch(() => null)])));
  const queue = await read('/queue').catch(() => null);
  if (mine !== visit) return;
  at('queue').textContent = queue ? `${queue.running_count} at work, ${queue.waiting_count} waiting` : '';
  at('more').hidden = !next;
  at('no-jobs').hidden = jobs.length > 0;
  const text = JSON.stringify([jobs, [...views.values()].map(view => [view?.state, view?.percent])]);
  if (text !== allShown || busy.length > 0) replaceRows(at('jobs'), jobs.map(job => rowOf(job, views.get(job.job_id))));
  allShown = text;
}

function rowOf(job, view) {
  const took = duration(job.submitted_at, job.ended_at);
  return make('tr', null,
    make('td', null, make('a', { href: `#${pathTo(job.job_id)}` }, job.name || job.job_id)),
    cell('State', stateOf(view?.state ?? job.state), ' ', view && !ended.includes(view.state) ? bar(view.percent) : null),
    cell('Operation', job.operation),
    cell('Submitted', moment(job.submitted_at)),
    cell('Took', took));
}

// ---- One job

async function showJob(mine, id) {
  const job = await read(pathTo(id));
  const events = at('events-part').open ? (await read(`${pathTo(id)}/events`)).events : [];
  const hasEnded = ended.includes(job.state);
  const result = hasEnded ? await read(`${pathTo(id)}/result`).catch(() => null) : null;
  if (mine !== visit) return true;

  // Whoever does not see the page change is told.
  if (at('job').dataset.state && at('job').dataset.state !== job.state) say(`The job is ${job.state.replaceAll('_', ' ')}.`);
  at('job').dataset.state = job.state;
  const name = job.job?.metadata?.name;
  at('job-title').textContent = document.title = name ? `${name} (${job.job_id})` : job.job_id;
  fill(at('facts'), [
    ['State', stateOf(job.state)],
    ['Waits for', job.waiting?.message],
    ['Done', hasEnded ? null : make('span', null, bar(job.percent), ` ${job.percent}% ${job.phase.replaceAll('_', ' ')}`)],
    ['Error', job.error && `${job.error.code}: ${job.error.message}`],
    ['Operation', job.operation],
    ['Attempt', job.attempt],
    ['Submitted', moment(job.submitted_at)],
    ['Took', result ? `${result.execution_summary.duration_seconds.toFixed(1)} s` : duration(job.submitted_at, hasEnded ? job.updated_at : null)],
  ]);
  showActions(job, hasEnded);
  at('result').replaceChildren(...(result ? describe(job.job_id, result) : []));
  at('trail').replaceChildren(...job.audit_trail.map(change => make('tr', null,
    cell('When', moment(change.at)), cell('State', stateOf(change.state)), make('td', null, change.reason ?? ''))));
  at('events').replaceChildren(...events.map(event => make('li', null, `${event.phase.replaceAll('_', ' ')}: ${event.message}`)));
  at('document').textContent = JSON.stringify(job.job, null, 2) ?? '';
  return hasEnded;
}

function showActions(job, hasEnded) {
  const paused = job.waiting?.reason === 'paused';
  const wanted = hasEnded ? (job.state === 'dead_lettered' ? ['requeue'] : []) : ['cancel', paused ? 'resume' : 'pause'];
  if ([...at('actions').children].map(button => button.name).join() === wanted.join()) return;
  at('actions').replaceChildren(...wanted.map(name => {
    const button = make('button', { type: 'button', name }, name[0].toUpperCase() + name.slice(1));
    button.onclick = () => act(job.job_id, name);
    return button;
  }));
}

async function act(id, name) {
  if (name === 'cancel' && !confirm(`Cancel ${id}?`)) return;
  try {
    await ask(name === 'requeue' ? `/dead-letter/${encodeURIComponent(id)}/requeue` : `${pathTo(id)}/${name}`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: name === 'cancel' ? '{"by":"browser"}' : null,
    });
    route();
    say(`Asked to ${name}.`);
  } catch (error) { complain(error); }
}

function describe(id, result) {
  const data = result.data && typeof result.data === 'object' ? result.data : {};
  const facts = Object.entries(data).filter(([, value]) => value !== null && typeof value !== 'object');
  const parts = facts.length === 0 ? [] : [
    make('h2', null, 'What was found'),
    fill(make('dl'), facts.map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' '), value])),
  ];
  if (Array.isArray(data.profiles) && data.profiles.length) {
    const columns = ['Profile', 'Score', 'Passed', 'Critical', 'High', 'Medium', 'Low'];
    parts.push(make('table', null,
      make('thead', null, make('tr', null, ...columns.map(text => make('th', { scope: 'col' }, text)))),
      make('tbody', null, ...data.profiles.map(profile => make('tr', null, ...columns.map(text => {
        const name = text.toLowerCase();
        return cell(text, String(profile[name] ?? profile.by_severity?.[name] ?? '–'));
      }))))));
  }
  if (Array.isArray(data.worst_findings) && data.worst_findings.length) {
    parts.push(make('h2', null, 'Worst findings'), make('ul', null, ...data.worst_findings.map(finding =>
      make('li', null, make('strong', null, String(finding.severity)), ` ${finding.title}: ${finding.found} (${finding.id})`))));
  }
  const files = ['result.json', ...(result.outputs?.artifacts ?? []).map(path => path.split('/').pop())];
  parts.push(make('h2', null, 'Files'), make('ul', null, ...[...new Set(files)].map(name => make('li', null, fileLink(id, name)))));
  return parts;
}

// A link cannot send a key in a header, and in an address a key would be kept by others: such files are fetched, then saved.
function fileLink(id, name) {
  const path = name === 'result.json' ? `${pathTo(id)}/result` : `${pathTo(id)}/artifacts/${encodeURIComponent(name)}`;
  const link = make('a', { href: path, target: '_blank', rel: 'noopener' }, name);
  if (key('key') || key('host-key')) {
    link.onclick = async event => {
      event.preventDefault();
      try {
        const address = URL.createObjectURL(await (await ask(path)).blob());
        make('a', { href: address, download: name }).click();
        setTimeout(() => URL.revokeObjectURL(address), 60000);
      } catch (error) { complain(error); }
    };
  }
  return link;
}

// ---- Submitting

const templates = {
  inspect: ['guestkit.inspect', { image: { path: 'images/NAME.qcow2' }, options: { profiles: ['security', 'compliance', 'hardening'], reports: ['html'] } }],
  profile: ['guestkit.profile', { image: { path: 'images/NAME.qcow2' }, profiles: ['security'] }],
  echo: ['system.echo', { message: 'ping', delay_ms: 5000 }],
};

function useTemplate() {
  const [operation, data] = templates[at('template').value];
  const random = [...crypto.getRandomValues(new Uint8Array(6))].map(byte => byte.toString(16).padStart(2, '0')).join('');
  at('text').value = JSON.stringify({
    version: '1.0', job_id: `${at('template').value}-${random}`, created_at: new Date().toISOString(), kind: 'VMOperation', operation,
    payload: { type: `${operation}.v1`, data },
  }, null, 2);
}

async function send(path) {
  at('violations').replaceChildren();
  const text = at('text').value;
  const type = /^\s*\{/.test(text) ? 'application/json' : 'application/yaml';
  try {
    const answer = await (await ask(path, { method: 'POST', headers: { 'Content-Type': type }, body: text })).json();
    if (path === '/jobs') location.hash = `#${pathTo(answer.job_id)}`;
    else say(answer.unknown_members?.length ? `It would be accepted; without effect are ${answer.unknown_members.join(', ')}.` : 'It would be accepted.');
  } catch (error) {
    complain(error);
    at('violations').append(make('ul', null, ...(error.problem?.violations ?? []).map(violation =>
      make('li', null, make('code', null, violation.pointer || 'document'), ` ${violation.message}`))));
  }
}

// ---- Going from view to view

async function follow(mine, work) {
  let isDone = false;
  try {
    if (!document.hidden) {
      isDone = await work();
      if (mine === visit && at('message').className === 'bad') say('');
    }
  } catch (error) {
    if (mine !== visit) return;
    complain(error);
    isDone = [400, 401, 403, 404].includes(error.status);
  }
  if (mine === visit && !isDone) timer = setTimeout(() => follow(mine, work), pause);
}

function route() {
  clearTimeout(timer);
  const mine = ++visit;
  const [, view, id] = location.hash.match(/^#\/(jobs|submit)(?:\/(.+))?$/) ?? [];
  const section = view === 'submit' ? 'submit' : id ? 'job' : 'list';
  const isNew = at(section).hidden || location.hash !== route.hash;
  route.hash = location.hash;
  for (const name of ['list', 'job', 'submit']) at(name).hidden = name !== section;
  if (isNew) {
    say('');
    document.title = 'Orchestration';
    if (section === 'job') {
      at('job-title').textContent = decode(id);
      at('job').dataset.state = '';
      for (const part of ['actions', 'facts', 'result', 'trail', 'events']) at(part).replaceChildren();
    }
    if (route.isUnderWay) at(`${section}-title`).focus();
  }
  route.isUnderWay = true;
  if (section === 'submit' && !at('text').value) useTemplate();
  if (section === 'list') follow(mine, () => showList(mine));
  if (section === 'job') follow(mine, () => showJob(mine, decode(id)));
}

function decode(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

function openKey() {
  if (!at('key').open) at('key').showModal();
}

at('open-key').onclick = openKey;
at('close-key').onclick = () => at('key').close();
at('key-form').onsubmit = event => {
  event.preventDefault();
  for (const name of ['key', 'host-key']) {
    const value = at(`${name}-value`).value.trim();
    if (value) sessionStorage.setItem(name, value); else sessionStorage.removeItem(name);
  }
  at('key').close();
  say('');
  route();
};
at('filter').onsubmit = event => { event.preventDefault(); shown = 50; route(); };
at('more').onclick = () => { shown += 50; route(); };
at('events-part').ontoggle = () => { if (at('events-part').open) route(); };
at('template').onchange = useTemplate;
at('file').onchange = async () => { if (at('file').files[0]) at('text').value = await at('file').files[0].text(); };
at('document-form').onsubmit = event => { event.preventDefault(); send('/jobs'); };
at('check').onclick = () => send('/jobs:validate');
addEventListener('hashchange', route);
document.addEventListener('visibilitychange', () => { if (!document.hidden) route(); });
route();
