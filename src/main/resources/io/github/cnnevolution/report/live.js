/*
 * Feeds the page from a running search by server-sent events, and shows what goes on at the moment.
 *
 *   hello  the versions of the program; if they change, the page is loaded anew
 *   data   the whole document for window.cnnEvolution.render
 *   change what has changed in the document since the event before; PageChange.java has its form
 *   now    the generation and the workers, once a second
 *   end    the run is over; the server goes away
 *
 * The page stays as it is while there is no server, and goes on when there is one again: that of the
 * same run, resumed, or of another.
 */
(function () {
  'use strict';

  const RETRY_MILLIS = 2000;
  const $ = id => document.getElementById(id);

  function element(name, attributes, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  function set(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }

  // ---------------------------------------------------------------- the connection

  let version = null;
  let over = null;

  function connection(text, kind) {
    const chip = $('connection');
    set(chip, text);
    chip.className = 'chip ' + kind;
    chip.hidden = false;
  }

  function connect() {
    const source = new EventSource('/events');
    source.addEventListener('hello', event => {
      if (version !== null && version !== event.data) {
        location.reload();
        return;
      }
      version = event.data;
      over = null;
      connection('live', 'live');
    });
    source.addEventListener('data', event => offer(JSON.parse(event.data)));
    source.addEventListener('change', event => offer(changed(latest, JSON.parse(event.data))));
    source.addEventListener('now', event => now(JSON.parse(event.data)));
    source.addEventListener('end', event => { over = JSON.parse(event.data).state; });
    source.addEventListener('error', () => {
      if (over === null) connection('no connection, trying again', 'bad');
      else connection('the run is ' + over + '; report.html in its directory remains', over === 'finished' ? 'good' : '');
      $('live').hidden = true;
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MILLIS);
    });
  }

  // ---------------------------------------------------------------- the document

  /** Drawing may take a tenth of the time; a page that nobody sees is not drawn. */
  const SHARE = 9;
  let latest = null;
  let waiting = false;
  let timer = null;
  let earliest = 0;

  /** What becomes of a value; the old one stays as it is, since the page still shows it. */
  function changed(value, change) {
    if ('set' in change) return change.set;
    if ('rows' in change) return value.slice(0, change.from).concat(change.rows);
    const copy = { ...value };
    for (const [name, inner] of Object.entries(change.fields)) copy[name] = changed(value[name], inner);
    return copy;
  }

  function offer(document_) {
    latest = document_;
    waiting = true;
    draw();
  }

  function draw() {
    if (!waiting || timer !== null || document.hidden) return;
    const wait = earliest - performance.now();
    if (wait > 0) {
      timer = setTimeout(() => { timer = null; draw(); }, wait);
      return;
    }
    const start = performance.now();
    waiting = false;
    window.cnnEvolution.render(latest);
    const end = performance.now();
    earliest = end + Math.min(1000, SHARE * (end - start));
  }

  document.addEventListener('visibilitychange', draw);

  // ---------------------------------------------------------------- what goes on

  const COLUMNS = [['worker'], ['network'], ['phase'], ['training'], ['images/s', 'number'], ['loss', 'number'], ['accuracy', 'number']];
  const rows = new Map();
  const EXECUTORS = [['host'], ['executor'], ['device'], ['GPUs'], ['in training', 'number'], ['images/s', 'number']];
  const executorRows = new Map();

  const head = columns => element('thead', null,
    element('tr', null, ...columns.map(([name, kind]) => element('th', kind ? { scope: 'col', class: kind } : { scope: 'col' }, name))));
  const emptyRow = columns => element('tr', null, ...columns.map(([, kind]) => element('td', kind ? { class: kind } : null)));

  function panel() {
    document.head.append(element('link', { rel: 'stylesheet', href: '/live.css' }));
    const section = element('section', { id: 'live', 'aria-labelledby': 'live-title', hidden: '' },
      element('h2', { id: 'live-title' }, 'Now'),
      element('div', { class: 'card' },
        element('p', { id: 'live-said' }),
        element('progress', { id: 'live-bar', max: '1', value: '0', 'aria-label': 'Share of the generation that is done' }),
        element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Workers now' },
          element('table', { class: 'plain' }, head(COLUMNS), element('tbody', { id: 'live-workers' }))),
        element('div', { id: 'live-cluster', class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Executors of the cluster', hidden: '' },
          element('table', { class: 'plain' }, head(EXECUTORS), element('tbody', { id: 'live-executors' })))));
    $('tiles').after(section);
  }

  function time(seconds) {
    if (seconds < 100) return seconds + ' s';
    const minutes = Math.round(seconds / 60);
    return minutes < 100 ? minutes + ' min' : Math.floor(minutes / 60) + ' h ' + (minutes % 60) + ' min';
  }

  function now(state) {
    $('live').hidden = false;
    const left = state.left === null ? '' : ', about ' + time(state.left) + ' left';
    const runLeft = state.runLeft === null ? '' : '. The whole run: about ' + time(state.runLeft) + ' left';
    set($('live-said'), state.generation === 0
      ? 'Getting ready'
      : (state.hasGenerations
          ? 'Generation ' + state.generation + (state.generations === null ? '' : ' of ' + state.generations) + ': ' + state.done + ' of ' + state.candidates + ' candidates'
            + (state.budget === null ? '' : '; ' + state.networks + ' of ' + state.budget + ' evaluations')
          : state.networks + ' of ' + state.budget + ' evaluations')
        + ', ' + time(state.seconds) + left + (state.hasGenerations ? runLeft : ''));
    $('live-bar').value = state.share;
    for (const worker of state.workers) show(worker);
    leave(rows, state.workers.map(worker => worker.worker));
    $('live-cluster').hidden = !state.executors.length;
    for (const executor of state.executors) showExecutor(executor);
    leave(executorRows, state.executors.map(executor => executor.executor));
  }

  function leave(shown, names) {
    for (const [name, row] of shown) {
      if (!names.includes(name)) {
        row.remove();
        shown.delete(name);
      }
    }
  }

  function showExecutor(executor) {
    let row = executorRows.get(executor.executor);
    if (!row) {
      row = emptyRow(EXECUTORS);
      executorRows.set(executor.executor, row);
      $('live-executors').append(row);
    }
    const texts = [
      executor.host, executor.executor.slice(executor.host.length + 1), executor.device, executor.gpus.join(', '),
      executor.running + ' of ' + executor.slots, executor.speed ? Math.round(executor.speed).toLocaleString('en-GB') : ''
    ];
    texts.forEach((text, i) => set(row.children[i], text));
  }

  /** Rows stay, so that what a reader has selected does too. */
  function show(worker) {
    let row = rows.get(worker.worker);
    if (!row) {
      row = emptyRow(COLUMNS);
      row.children[3].append(element('progress', { max: '1', value: '0', 'aria-label': 'Training of ' + worker.worker }));
      rows.set(worker.worker, row);
      $('live-workers').append(row);
    }
    const cells = row.children;
    set(cells[0], worker.worker);
    set(cells[1], worker.network || '');
    set(cells[2], worker.phase);
    cells[3].firstChild.value = worker.share || 0;
    set(cells[4], worker.speed ? Math.round(worker.speed).toLocaleString('en-GB') : '');
    set(cells[5], worker.loss === null ? '' : worker.loss.toFixed(3));
    set(cells[6], worker.accuracy === null ? '' : (100 * worker.accuracy).toFixed(1) + ' %');
  }

  panel();
  connection('connecting', '');
  connect();
})();
