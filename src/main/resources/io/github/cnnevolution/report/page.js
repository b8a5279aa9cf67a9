/*
 * Draws the data document of a run, or of several to compare, into the page.
 *
 * There is one way in: window.cnnEvolution.render(data). It may be called again and again; what the
 * reader has sorted, filtered and chosen stays. All text reaches the page as text, never as markup,
 * and nothing here needs inline scripts or styles, so that a strict Content-Security-Policy holds.
 */
(function () {
  'use strict';

  const $ = id => document.getElementById(id);
  const root = document.documentElement;
  const figures = new Map();

  /** What the reader has done. */
  const view = {
    phenotype: null,
    curves: 'accuracy',
    matrix: 'groups',
    order: 'arrived',
    sort: 'fitness',
    descending: true,
    page: 0
  };
  const PAGE_ROWS = 25;

  let data = null;
  let run = null;
  let colours = null;

  // ---------------------------------------------------------------- texts

  const grouped = new Intl.NumberFormat('en-GB');
  /** Of texts, w16 before w128. */
  const natural = new Intl.Collator('en', { numeric: true });
  const percent = (share, digits = 2) => (100 * share).toFixed(digits) + ' %';
  const accuracy = e => (e.failed ? 'failed' : percent(e.fitness) + (e.stopped ? ', ' + e.stopped : ''));

  function short(number) {
    for (const [size, unit] of [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']]) {
      if (Math.abs(number) >= size) {
        const digits = number / size;
        return (digits >= 100 ? digits.toFixed(0) : Number(digits.toPrecision(3))) + ' ' + unit;
      }
    }
    return String(number);
  }

  function duration(seconds) {
    if (seconds < 10) return seconds.toFixed(1) + ' s';
    if (seconds < 120) return Math.round(seconds) + ' s';
    const minutes = Math.round(seconds / 60);
    if (minutes < 120) return minutes + ' min';
    const hours = Math.floor(minutes / 60);
    if (hours < 48) return hours + ' h ' + (minutes % 60) + ' min';
    return Math.floor(hours / 24) + ' d ' + (hours % 24) + ' h';
  }

  function clock(seconds, span) {
    if (span < 10) return Number(seconds.toFixed(1)) + ' s';
    if (span < 180) return Math.round(seconds) + ' s';
    const whole = Math.round(seconds);
    const two = n => String(n).padStart(2, '0');
    const minutes = Math.floor(whole / 60);
    return span < 7200 && minutes < 120
      ? minutes + ':' + two(whole % 60)
      : Math.floor(minutes / 60) + ':' + two(minutes % 60) + ' h';
  }

  /** A step between ticks that people read off a clock, for about eight of them. */
  function clockStep(span) {
    const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200];
    return steps.find(one => span / one <= 8) || Math.ceil(span / 8 / 86400) * 86400;
  }

  const plural = (count, noun) =>
    grouped.format(count) + ' ' + noun + (count === 1 ? '' : 's');
  const capital = text => text.slice(0, 1).toUpperCase() + text.slice(1);
  const shape = dimensions => dimensions.join(' × ');
  const date = millis => new Date(millis).toLocaleString('en-GB',
    { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' });
  const interval = (low, high) => (100 * low).toFixed(1) + '–' + percent(high, 1);
  const known = value => value !== null && value !== undefined;

  // ---------------------------------------------------------------- elements

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    fill(made, attributes, children);
    return made;
  }

  function drawn(tag, attributes, ...children) {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
    fill(made, attributes, children);
    return made;
  }

  function fill(made, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
      else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
    }
    made.append(...children.filter(child => child !== null && child !== undefined));
  }

  const number = text => element('td', { class: 'number' }, text);

  function table(target, head, rows) {
    target.replaceChildren(
      element('thead', null, element('tr', null, ...head.map(name =>
        element('th', { scope: 'col', class: typeof name === 'string' ? null : 'number' },
          typeof name === 'string' ? name : name.number)))),
      element('tbody', null, ...rows.map(cells =>
        cells instanceof Node ? cells : element('tr', null, ...cells.map((cell, i) =>
          cell instanceof Node && cell.tagName === 'TD' ? cell
            : element('td', { class: typeof head[i] === 'string' ? null : 'number' }, cell))))));
  }

  function say(text) {
    $('announce').textContent = text;
  }

  // ---------------------------------------------------------------- colours

  function readColours() {
    const style = getComputedStyle(root);
    const of = name => style.getPropertyValue('--' + name).trim();
    colours = {};
    for (const name of ['surface', 'raised', 'line', 'text', 'muted', 'blue', 'orange', 'green', 'purple', 'grey', 'bad', 'accent']) {
      colours[name] = of(name);
    }
  }

  /** A colour of the form #rrggbb, made transparent. */
  const faded = (colour, alpha) =>
    colour + Math.round(255 * alpha).toString(16).padStart(2, '0');

  /** From the first colour to the second, in n steps. */
  function blend(from, to, share) {
    const part = (colour, at) => parseInt(colour.slice(at, at + 2), 16);
    return '#' + [1, 3, 5].map(at =>
      Math.round(part(from, at) + share * (part(to, at) - part(from, at))).toString(16).padStart(2, '0')).join('');
  }

  function swatch(kind, colour) {
    const svg = drawn('svg', { width: 22, height: 12, 'aria-hidden': 'true', focusable: 'false' });
    if (kind === 'band') svg.append(drawn('rect', { x: 1, y: 1, width: 20, height: 10, rx: 2, fill: colour }));
    if (kind === 'empty') svg.append(drawn('rect', { x: 1.5, y: 1.5, width: 19, height: 9, rx: 2, fill: colour, stroke: colours.grey }));
    if (kind === 'line') svg.append(drawn('path', { d: 'M1 6h20', stroke: colour, 'stroke-width': 2.5 }));
    if (kind === 'dashed') svg.append(drawn('path', { d: 'M1 6h20', stroke: colour, 'stroke-width': 2.5, 'stroke-dasharray': '5 3' }));
    if (kind === 'dotted') svg.append(drawn('path', { d: 'M1 6h20', stroke: colour, 'stroke-width': 2.5, 'stroke-dasharray': '2 3' }));
    if (kind === 'dot') svg.append(drawn('circle', { cx: 11, cy: 6, r: 4, fill: colour }));
    if (kind === 'diamond') svg.append(drawn('path', { d: 'M11 0l6 6-6 6-6-6z', fill: colour }));
    if (kind === 'ring') svg.append(drawn('circle', { cx: 11, cy: 6, r: 4.6, fill: 'none', stroke: colour, 'stroke-width': 2 }));
    if (kind === 'cross') svg.append(drawn('path', { d: 'M7 2l8 8M15 2l-8 8', stroke: colour, 'stroke-width': 2.2 }));
    return svg;
  }

  /** Text that no line ends in after a hyphen, as the two before an option's name. */
  const joined = text => text.replaceAll('-', '-\u2060');
  const key = (kind, colour, text) => element('span', null, swatch(kind, colour), text);

  // ---------------------------------------------------------------- charts

  /**
   * Makes a chart, or gives an existing one new data.
   *
   * spec: type, datasets, labels, options, plugins, height; said: its message in a sentence; key: its
   * legend; table: head and rows of the same data; stops: what the arrow keys step through, each a
   * list of elements with the text to be read out; choose: what a click or Enter does with a stop.
   */
  function chart(id, spec) {
    const figure = document.querySelector('[data-chart="' + id + '"]');
    let entry = figures.get(id);
    const title = figure.querySelector('h3').textContent;
    if (!entry) {
      const canvas = element('canvas', { role: 'img', tabindex: '0', id: 'chart-' + id });
      const plot = element('div', { class: 'plot' }, canvas);
      const rows = element('table', { class: 'plain' });
      const details = element('details', null, element('summary', null, 'Show as a table'),
        element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title + ', as a table' }, rows));
      figure.append(plot, details);
      entry = { canvas, plot, rows, details, at: -1 };
      figures.set(id, entry);
      details.addEventListener('toggle', () => fillTable(entry));
      canvas.addEventListener('keydown', event => step(entry, event));
      canvas.addEventListener('blur', () => highlight(entry, []));
    }
    entry.spec = spec;
    entry.plot.hidden = entry.details.hidden = Boolean(spec.empty);
    entry.plot.style.height = (spec.height || 260) + 'px';
    figure.querySelector('.said').textContent = spec.said;
    if (spec.key) figure.querySelector('.key').replaceChildren(...spec.key);
    entry.canvas.setAttribute('aria-label', title + '. ' + spec.said
      + (spec.stops && spec.stops.length ? ' Arrow keys step through the values.' : ''));
    const options = withDefaults(spec.options);
    if (spec.choose) {
      options.onClick = (event, found) => found.length && spec.choose(found[0]);
      options.onHover = (event, found) => {
        entry.canvas.style.cursor = found.length ? 'pointer' : 'default';
      };
    }
    if (entry.chart) {
      const kept = entry.chart.data.datasets;
      entry.chart.data.labels = spec.labels || [];
      spec.datasets.forEach((dataset, i) => (kept[i] ? Object.assign(kept[i], dataset) : kept.push(dataset)));
      kept.length = spec.datasets.length;
      entry.chart.options = options;
      entry.chart.update('none');
    } else {
      entry.chart = new Chart(entry.canvas, {
        type: spec.type,
        data: { labels: spec.labels || [], datasets: spec.datasets },
        options,
        plugins: [guides, ...(spec.plugins || [])]
      });
    }
    fillTable(entry);
  }

  function fillTable(entry) {
    if (entry.details.open) {
      const content = entry.spec.table();
      table(entry.rows, content.head, content.rows);
    }
  }

  function highlight(entry, elements) {
    entry.chart.setActiveElements(elements);
    entry.chart.tooltip.setActiveElements(elements, { x: 0, y: 0 });
    entry.chart.update('none');
  }

  function step(entry, event) {
    const stops = entry.spec.stops || [];
    if (!stops.length) return;
    const moves = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (event.key in moves) {
      entry.at = entry.at < 0 && moves[event.key] < 0 ? stops.length - 1
        : Math.max(0, Math.min(stops.length - 1, entry.at + moves[event.key]));
    } else if (event.key === 'Home') entry.at = 0;
    else if (event.key === 'End') entry.at = stops.length - 1;
    else if (event.key === 'Enter' && entry.spec.choose && stops[entry.at]) {
      entry.spec.choose(stops[entry.at].elements[0]);
      return;
    } else return;
    event.preventDefault();
    highlight(entry, stops[entry.at].elements);
    say(stops[entry.at].text);
  }

  function axis(title, more) {
    return Object.assign({
      title: { display: Boolean(title), text: title, color: colours.muted, font: { size: 12 } },
      ticks: Object.assign({ color: colours.muted, maxRotation: 0, autoSkipPadding: 14 }, more && more.ticks),
      grid: Object.assign({ color: colours.line, tickColor: colours.line }, more && more.grid),
      border: { color: colours.line }
    }, Object.fromEntries(Object.entries(more || {}).filter(([name]) => name !== 'ticks' && name !== 'grid')));
  }

  /** The end of an axis, with room above the highest value; the axis begins at 0 if that does not flatten the values. */
  function range(values) {
    const found = values.filter(value => Number.isFinite(value));
    if (!found.length) return { from: 0, min: 0, max: 1 };
    const high = Math.max(...found);
    const low = Math.min(...found);
    let from = 0;
    if (low > 0.6 * high && high > low) {
      const step = 10 ** Math.floor(Math.log10(high - low));
      from = Math.max(0, Math.floor((low - 0.15 * (high - low)) / step) * step);
    }
    return { from, min: from, max: high > from ? high + 0.09 * (high - from) : from + 1 };
  }

  /** An axis of such values; its title says where it begins if that is not 0. A narrow one may have its end as the only mark. */
  function upward(title, values, text, more) {
    const { from, min, max } = range(values);
    return axis(title + (from > 0 ? ', from ' + text(from) : ''), Object.assign({ min, max }, more,
      { ticks: Object.assign({ includeBounds: from > 0 ? undefined : false, callback: (value, index, all) => (value > 1 + 1e-9 || (value > max - 1e-9 && all.length > 1) ? null : shares.ticks.callback(value)) }, more && more.ticks) }));
  }

  const accuracies = (title, values) => upward(title, values, value => percent(value, value < 0.1 ? 1 : 0));
  /** As many digits as the distance of two marks needs. */
  const losses = (title, values) => upward(title, values, value => String(Number(value.toPrecision(6))),
    { ticks: { callback: (value, index, ticks) => Number(value.toFixed(ticks.length > 1 ? Math.max(0, 1 - Math.floor(Math.log10(Math.abs(ticks[1].value - ticks[0].value)))) : 4)) } });

  const shares = { ticks: { callback: value => Number((100 * value).toFixed(2)) + ' %' } };

  function withDefaults(options) {
    const tooltip = Object.assign({
      backgroundColor: colours.raised, titleColor: colours.text, bodyColor: colours.text, footerColor: colours.muted,
      borderColor: colours.grey, borderWidth: 1, padding: 9, cornerRadius: 6, boxPadding: 4, usePointStyle: true,
      titleFont: { weight: '600' }, footerFont: { weight: 'normal', size: 11 }
    }, options.tooltip);
    return {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      normalized: true,
      events: ['mousemove', 'mouseout', 'click', 'touchstart'],
      indexAxis: options.indexAxis || 'x',
      interaction: options.interaction || { mode: 'nearest', intersect: true },
      layout: { padding: { top: 6, right: options.room || 8 } },
      scales: options.scales,
      plugins: { legend: { display: false }, tooltip, decimation: { enabled: false }, drawing: options.drawing || {}, guides: options.guides || {} }
    };
  }

  /**
   * What helps to read a chart: a line at the level of chance, the interval of a point, crosses at the
   * edge for what failed, and texts at the ends of lines.
   */
  const guides = {
    id: 'guides',
    afterDatasetsDraw(target, args, options) {
      const { left, right, top, bottom } = target.chartArea;
      const { x, y } = target.scales;
      const context = target.ctx;
      context.save();
      context.font = '11px ' + Chart.defaults.font.family;
      for (const one of options.chance || []) {
        const across = one.along === 'x';
        const at = (across ? x : y).getPixelForValue(one.value);
        if (at < (across ? left : top) || at > (across ? right : bottom)) continue;
        context.strokeStyle = one.colour;
        context.fillStyle = one.colour;
        context.lineWidth = 1.3;
        context.setLineDash([2, 3]);
        context.beginPath();
        context.moveTo(across ? at : left, across ? top : at);
        context.lineTo(across ? at : right, across ? bottom : at);
        context.stroke();
        context.setLineDash([]);
        if (one.text) {
          context.textAlign = across ? 'left' : 'right';
          context.fillText(one.text, across ? at + 3 : right - 4, across ? top + 10 : at - 4);
        }
      }
      for (const one of options.intervals || []) {
        const at = x.getPixelForValue(one.x);
        context.strokeStyle = one.colour;
        context.lineWidth = 1.5;
        context.beginPath();
        for (const end of [one.low, one.high]) {
          context.moveTo(at - 4, y.getPixelForValue(end));
          context.lineTo(at + 4, y.getPixelForValue(end));
        }
        context.moveTo(at, y.getPixelForValue(one.low));
        context.lineTo(at, y.getPixelForValue(one.high));
        context.stroke();
      }
      ends(target, options.ends || []);
      context.restore();
    }
  };

  /** Writes texts behind the last points of lines, moved apart where they would lie over one another. */
  function ends(target, list) {
    const context = target.ctx;
    const { top, bottom, right } = target.chartArea;
    const height = 13;
    const found = list.map(one => {
      const points = target.getDatasetMeta(one.dataset).data;
      const last = points[one.index ?? points.length - 1];
      return last ? { ...one, x: last.x, y: last.y, at: last.y } : null;
    }).filter(Boolean).sort((a, b) => a.at - b.at);
    for (let i = 0; i < found.length; i++) {
      if (i && found[i].at < found[i - 1].at + height) found[i].at = found[i - 1].at + height;
    }
    for (let i = found.length - 1; i >= 0; i--) {
      const most = i === found.length - 1 ? bottom - 2 : found[i + 1].at - height;
      if (found[i].at > most) found[i].at = most;
    }
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    for (const one of found) {
      if (one.at < top - height) continue;
      context.strokeStyle = faded(one.colour, 0.6);
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(one.x + 4, one.y);
      context.lineTo(right + 9, one.at);
      context.stroke();
      context.fillStyle = one.colour;
      context.fillText(one.text, right + 12, one.at);
    }
    context.textBaseline = 'alphabetic';
  }

  const chanceLine = along => (known(data.chance)
    ? [{ value: data.chance, along, colour: colours.muted, text: 'chance ' + percent(data.chance, data.chance < 0.1 ? 1 : 0) }] : []);

  /** Crosses for what failed, drawn as points, so that they have tooltips. */
  const crosses = (label, points, more) => Object.assign({
    label, data: points, pointStyle: 'crossRot', pointRadius: 4.5, pointHoverRadius: 7, borderWidth: 2, pointBorderWidth: 2, borderColor: colours.bad, backgroundColor: colours.bad, showLine: false, clip: 12
  }, more);

  const line = (label, values, colour, more) => Object.assign({
    label, data: values, borderColor: colour, backgroundColor: colour, borderWidth: 2.2, tension: 0,
    pointRadius: values.length > 40 ? 0 : 2.5, pointHoverRadius: 5, spanGaps: true
  }, more);

  // ---------------------------------------------------------------- the run, made readable

  function understand() {
    const search = data.search || {};
    const networks = data.architectures.map((row, index) => ({
      origin: origin(search, index),
      index, phenotype: row[0], parameters: row[1], flops: row[2], groups: row[3],
      layers: row[4].map(at => layer(data.layers[at])), inputs: inputs(row[4].length, row[5]), evaluation: null
    }));
    const stops = new Map(data.stopped || []);
    const evaluation = (row, index) => ({
      index, stopped: stops.get(index) || '', job: row[0], network: networks[row[1]], bits: row[2], fitness: row[3], seconds: row[4],
      rate: row[5], lane: row[6], start: row[7], length: row[8],
      kind: row[9] < 0 ? '' : data.texts[row[9]], reason: row[10] < 0 ? '' : data.texts[row[10]],
      source: row[11] < 0 ? '' : data.texts[row[11]], parts: row[12], memory: row[13],
      low: known(row[14]) ? row[14] : null, high: known(row[15]) ? row[15] : null, generation: known(row[16]) ? row[16] : null,
      parents: (row[17] || []).map(at => data.texts[at]).join(' '),
      failed: row[9] >= 0 || row[3] < 0, front: false
    });
    const evaluations = data.evaluations.map(evaluation);
    for (const [at, prediction] of search.predictions || []) evaluations[at].prediction = prediction;
    // Trainings that went on: they took a worker's time, and their networks have another row.
    const parts = (data.parts || []).map(row => evaluation(row, -1));
    // The latest counts, as in the search itself.
    for (const e of evaluations) e.network.evaluation = e;
    const trained = networks.filter(n => n.evaluation && !n.evaluation.failed && !n.evaluation.stopped);
    const stopped = networks.filter(n => n.evaluation && n.evaluation.stopped);
    const fronts = { parameters: front(trained, 'parameters'), flops: front(trained, 'flops') };
    for (const name of ['parameters', 'flops']) for (const n of fronts[name]) n.evaluation.front = true;
    const best = data.best ? evaluations[data.best.evaluation] : null;
    const generations = data.generations.map((row, index) => ({
      number: index + 1, bits: row[0], best: row[1], mean: row[2], quartiles: row[3], failures: row[4],
      size: row[5], hamming: row[6], distinct: row[7], phenotype: data.texts[row[8]]
    }));
    const failed = networks.filter(n => n.evaluation && n.evaluation.failed);
    return { networks, evaluations, trained, stopped, failed, fronts, best, generations, genes: data.genes.map(gene), timeline: timeline([...evaluations, ...parts]) };
  }

  /** How a network was made first; null if no candidate of the run expresses it. */
  function origin(search, index) {
    const row = search.origins && search.origins[index];
    return row ? { proposal: row[0], operator: search.operators[row[1]], parents: row[2] } : null;
  }

  function layer(row) {
    return {
      name: row[0], kind: row[1], opens: row[2], symbol: row[3], text: row[4], input: row[5], output: row[6],
      parameters: row[7], flops: row[8]
    };
  }

  /** What each layer of a network reads: the one before, unless a link says otherwise. */
  function inputs(count, links) {
    const read = Array.from({ length: count }, (_, i) => [i - 1]);
    for (const [at, ...from] of links) read[at] = from;
    return read;
  }

  /** A gene with the groups that networks fall into; of a sequence, a network is in one for each place. */
  function gene(row) {
    return {
      id: row[0], name: row[1], title: row[2], axis: row[3], filtered: row[4],
      groups: row[5].map(([label, caption]) => ({ label, caption }))
    };
  }

  /** Those that no other beats in accuracy with as little cost. */
  function front(networks, cost) {
    const sorted = networks.slice().sort((a, b) => a[cost] - b[cost] || b.evaluation.fitness - a.evaluation.fitness);
    const found = [];
    for (const n of sorted) {
      if (!found.length || n.evaluation.fitness > found[found.length - 1].evaluation.fitness) found.push(n);
    }
    return found;
  }

  /** Work by lane on a clock that stands still while nobody worked on the run; in seconds. */
  function timeline(evaluations) {
    const pauses = data.pauses;
    const moved = at => {
      let cut = 0;
      for (const [from, to] of pauses) {
        if (at >= to) cut += to - from;
        else if (at > from) cut += at - from;
      }
      return (at - cut) / 1000;
    };
    const own = evaluations.filter(e => !e.source && e.lane >= 0);
    const now = data.running.length && data.origin !== null ? data.generated - data.origin : 0;
    const running = data.running.map(row => ({
      lane: row[0], network: data.architectures[row[1]][0], bits: row[2], start: row[3], epoch: row[4], epochs: row[5], rate: row[6]
    }));
    let end = 0;
    const lanes = data.lanes.map(([device, worker]) => ({ device, worker, bars: [], busy: 0 }));
    for (const e of own) {
      lanes[e.lane].bars.push({ from: moved(e.start), to: moved(e.start + e.length), e });
      end = Math.max(end, moved(e.start + e.length));
    }
    // From here on, starts leave the pauses out, as all other times do.
    for (const e of own) e.start = 1000 * moved(e.start);
    for (const r of running) {
      lanes[r.lane].bars.push({ from: moved(r.start), to: Math.max(moved(now), moved(r.start)), r });
      end = Math.max(end, moved(now));
    }
    for (const lane of lanes) {
      lane.bars.sort((a, b) => a.from - b.from);
      let until = 0;
      for (const bar of lane.bars) {
        lane.busy += Math.max(0, bar.to - Math.max(bar.from, until));
        until = Math.max(until, bar.to);
      }
    }
    const used = lanes.filter(lane => lane.bars.length);
    used.sort((a, b) => a.device.localeCompare(b.device, 'en', { numeric: true }) || a.worker.localeCompare(b.worker, 'en', { numeric: true }));
    return {
      lanes: used, end, cuts: pauses.map(([from]) => moved(from)),
      paused: pauses.reduce((sum, [from, to]) => sum + to - from, 0) / 1000,
      busy: used.length && end > 0 ? used.reduce((sum, lane) => sum + lane.busy, 0) / (used.length * end) : 0
    };
  }

  // ---------------------------------------------------------------- the head of the page

  function sections(names) {
    const nav = $('sections');
    const links = names.filter(([id]) => !$(id).hidden);
    if ([...nav.children].map(link => link.hash.slice(1)).join() !== links.map(([id]) => id).join()) {
      nav.replaceChildren(...links.map(([id, text]) => element('a', { href: '#' + id, onclick: () => menu(false) }, text)));
    }
  }

  function head() {
    document.title = data.title + ' · CNN Evolution';
    $('title').textContent = data.title;
    $('made').textContent = 'Made ' + date(data.generated) + ' by CNN Evolution.';
  }

  function state(text) {
    const chip = $('state');
    if (chip.textContent !== text) chip.textContent = text;
    chip.className = 'chip ' + ({ finished: 'good', running: 'live', died: 'bad' }[text] || '');
  }

  function tiles(list) {
    $('tiles').classList.toggle('few', list.length < 6);
    $('tiles').replaceChildren(...list.map(([name, value, note, kind]) => element('div', { class: kind ? 'tile ' + kind : 'tile' },
      element('dt', null, name), element('dd', { class: 'value' }, value), element('dd', { class: 'note' }, note || '\u00a0'))));
  }

  function showHead() {
    const { best, evaluations, generations, timeline: time } = run;
    state(data.state);
    $('subtitle').textContent = [data.data, 'seed ' + data.seed, 'started ' + date(data.created)].join(' · ');
    showBest(best);
    const failures = evaluations.filter(e => e.failed).length;
    const candidates = generations.reduce((sum, g) => sum + g.size, 0);
    const figures = data.figures || {};
    const active = figures.seconds || time.end;
    tiles([
      ...(hasGenerations() ? [['Generations', generations.length + (data.generationsAsked === '?' && budget() ? '' : ' of ' + data.generationsAsked),
        candidates ? plural(candidates, 'candidate') : 'the first is in progress']] : []),
      ['Evaluations', budget() ? grouped.format(data.search.networks) + ' of ' + grouped.format(budget()) : grouped.format(evaluations.length),
        active > 0 && evaluations.length ? grouped.format(Math.round(evaluations.length / active * 3600)) + ' per hour' : ''],
      ['Trainings saved', known(figures.saved) ? grouped.format(figures.saved) : '–',
        figures.reused ? 'and ' + grouped.format(figures.reused) + ' from other runs' : 'candidates with a known network'],
      ['Failures', grouped.format(failures), failures
        ? element('button', { type: 'button', class: 'link', id: 'show-failures', onclick: () => onlyFailures('') }, 'Show ' + (failures === 1 ? 'it' : 'them')) : 'none', failures ? 'alert' : ''],
      ...(figures.stopped ? [['Stopped early', grouped.format(figures.stopped), 'of ' + plural(evaluations.length, 'network')]] : []),
      ['Active time', duration(active), time.paused ? 'and ' + duration(time.paused) + ' of pauses' : 'without pauses'],
      ['Workers busy', time.lanes.length ? percent(time.busy, 0) : '–', plural(time.lanes.length, 'worker')]
    ]);
  }

  const hasGenerations = () => !data.search || data.search.hasGenerations;
  /** How many distinct networks the search may evaluate; null if there is no limit. */
  const budget = () => (data.search ? data.search.budget : null);

  /** The best network: its accuracies with what they are worth, and what to do with it. */
  function showBest(best) {
    $('best').hidden = !best;
    if (!best) return;
    const n = best.network;
    $('best-title').textContent = data.state === 'finished' ? 'Best network' : 'Best network so far';
    $('best-name').replaceChildren(chooser(n.phenotype), element('span', null, short(n.parameters) + ' params · ' + short(n.flops) + ' FLOPs per image'));
    const tested = known(data.testAccuracy);
    $('best-figures').replaceChildren(
      figure('Validation accuracy', percent(best.fitness), worth(best.low, best.high, data.validationImages)),
      figure(tested ? 'Test accuracy, measured once' : 'Test accuracy', tested ? percent(data.testAccuracy) : '–', tested ? worth(data.testLow, data.testHigh, data.testImages) : 'measured once, at the end'));
    showScale();
    $('best-said').replaceChildren(few(data.validationImages, 'validation'), tested ? few(data.testImages, 'test') : '', data.bestNote ? capital(data.bestNote) + '.' : '', discarded(best));
    showNext();
    showLinks();
  }

  const figure = (name, value, note) => element('div', null, element('dt', null, name), element('dd', { class: 'value' }, value), element('dd', { class: 'note' }, note));

  /** What an accuracy is worth: its interval, and how many images it was measured on. */
  const worth = (low, high, images) => [known(low) ? '95 % interval ' + interval(low, high) : '', known(images) ? plural(images, 'image') : '']
    .filter(Boolean).join(', ');

  const few = (images, kind) => (known(images) && images < (data.fewImages || 0)
    ? element('strong', { class: 'warning' }, 'Only ' + plural(images, kind + ' image') + ': accuracies within the interval cannot be told apart. ') : '');

  /** Said of a network in no generation: charts by generation cannot show it. */
  const discarded = best => (best.generation === null && data.figures && data.figures.discarded
    ? ' This network is in no generation: a failure that was retried on --resume changed what the search proposed after it. Its evaluation is valid; charts by generation do not show it.' : '');

  function showNext() {
    const commands = data.next || [];
    $('next').closest('.next').hidden = !commands.length;
    const shown = $('next').children.length === commands.length && [...$('next').querySelectorAll('code')].every((code, i) => code.textContent === commands[i][1]);
    if (!shown) {
      $('next').replaceChildren(...commands.map(([title, text]) => {
        const code = element('code', null, text);
        const button = element('button', { type: 'button', class: 'quiet', 'aria-label': 'Copy the command: ' + title, onclick: () => copy(code, button) }, 'Copy');
        return element('li', null, element('span', { class: 'label' }, title), code, button);
      }));
    }
  }

  /** The model lies beside the page where that is the run's own; a server shows the page alone. */
  function showLinks() {
    const links = [];
    const parts = decodeURIComponent(location.pathname).split('/');
    if (data.model && location.protocol === 'file:' && parts[parts.length - 2] === data.title) {
      links.push(element('a', { href: 'best_model.pt', download: '' }, 'Model file (best_model.pt)'));
    } else if (data.model) {
      links.push(element('span', { class: 'muted' }, 'Model file: ' + data.directory + '/best_model.pt'));
    }
    if (data.kind === 'run') links.push(element('button', { type: 'button', class: 'link', id: 'csv', onclick: saveCsv }, 'Evaluations (CSV)'));
    if ($('links').children.length !== links.length) $('links').replaceChildren(...links);
  }

  const CSV = [
    ['evaluation', e => e.index + 1], ['generation', e => e.generation ?? ''], ['parents', e => e.parents], ['network', e => e.network.phenotype], ['chromosome', e => e.bits],
    ['fitness', e => (e.failed ? '' : e.fitness)], ['fitness_low', e => e.low ?? ''], ['fitness_high', e => e.high ?? ''],
    ['parameters', e => e.network.parameters], ['flops', e => e.network.flops], ['train_seconds', e => e.seconds], ['images_per_second', e => e.rate],
    ['prediction', e => e.prediction ?? ''], ['worker', e => laneName(e.lane)], ['failure', e => e.kind], ['error', e => e.reason], ['source', e => e.source]
  ];

  /** RFC 4180, as `export --csv` writes it. */
  function csv() {
    const field = value => (/[",\r\n]/.test(value) ? '"' + String(value).replaceAll('"', '""') + '"' : String(value));
    const columns = [...CSV, ...latencyColumns()];
    return [columns.map(([name]) => name), ...run.evaluations.map(e => columns.map(([, value]) => value(e)))]
      .map(row => row.map(field).join(',') + '\r\n').join('');
  }

  function saveCsv() {
    const url = URL.createObjectURL(new Blob([csv()], { type: 'text/csv' }));
    element('a', { href: url, download: data.title + '.csv' }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  /** The accuracies of the first screen: those of the best of a search, or of a final training. */
  function measurements() {
    return data.kind === 'training'
      ? [{ name: 'validation', value: data.validation, low: data.validationLow, high: data.validationHigh }, { name: 'test', value: data.mean, low: data.testLow, high: data.testHigh }]
      : [{ name: 'validation', value: run.best.fitness, low: run.best.low, high: run.best.high }, { name: 'test', value: data.testAccuracy, low: data.testLow, high: data.testHigh }];
  }

  /** From 0: chance, and the accuracies with their intervals. */
  function showScale() {
    const svg = $('best-scale');
    const width = Math.max(240, svg.clientWidth || 600);
    const marks = measurements().filter(one => known(one.value));
    svg.toggleAttribute('hidden', !marks.length);
    if (!marks.length) return;
    const highest = Math.max(...marks.flatMap(one => [one.value, one.high ?? 0]), 3 * (data.chance ?? 0));
    const step = [0.01, 0.02, 0.05, 0.1, 0.2].find(one => highest / one <= 6) || 0.2;
    const end = Math.min(1, Math.ceil(highest / step + 0.25) * step);
    const at = value => 6 + (width - 40) * value / end;
    const text = (value, y, words, anchor) => drawn('text', { x: at(value), y, 'text-anchor': anchor || 'middle' }, words);
    const parts = [drawn('path', { class: 'axis', d: 'M' + at(0) + ' 36H' + at(end), fill: 'none' })];
    for (let tick = 0; tick <= end + 1e-9; tick += step) {
      parts.push(drawn('path', { class: 'axis', d: 'M' + at(tick) + ' 36v4', fill: 'none' }), text(tick, 54, Number((100 * tick).toFixed(1)) + ' %'));
    }
    if (known(data.chance)) {
      parts.push(drawn('path', { class: 'chance', d: 'M' + at(data.chance) + ' 14V36', fill: 'none' }), text(data.chance, 10, 'chance', at(data.chance) < 30 ? 'start' : marks.some(one => Math.abs(at(one.value) - at(data.chance)) < 60) ? 'end' : 'middle'));
    }
    const beside = marks.length > 1 && Math.abs(at(marks[0].value) - at(marks[1].value)) < 66;
    for (const one of marks) {
      const x = at(one.value);
      const test = one.name === 'test';
      if (known(one.low) && test) parts.push(drawn('path', { class: 'test-interval', d: 'M' + at(one.low) + ' 26H' + at(one.high) + 'M' + at(one.low) + ' 22.5v7M' + at(one.high) + ' 22.5v7', fill: 'none' }));
      else if (known(one.low)) parts.push(drawn('rect', { class: 'interval', x: at(one.low), y: 21, width: at(one.high) - at(one.low), height: 10, rx: 2 }));
      parts.push(test ? drawn('path', { class: 'test', d: 'M' + x + ' 19.5l6.5 6.5l-6.5 6.5l-6.5 -6.5z' }) : drawn('circle', { class: 'point', cx: x, cy: 26, r: 5 }));
      const left = beside && one.value === Math.min(...marks.map(other => other.value)) && (test || marks[0].value !== marks[1].value);
      parts.push(drawn('text', { x: x + (beside ? (left ? -3 : 3) : 0), y: 10, 'text-anchor': beside ? (left ? 'end' : 'start') : 'middle' }, one.name));
    }
    svg.replaceChildren(...parts);
    const said = one => one.name + ' accuracy ' + percent(one.value) + (known(one.low) ? ', 95 % interval ' + interval(one.low, one.high) : '');
    const texts = marks.map(said);
    if (known(data.chance)) texts.splice(1, 0, 'chance ' + percent(data.chance));
    svg.setAttribute('aria-label', capital(texts.join(', ')));
  }

  async function copy(source, button) {
    try {
      await navigator.clipboard.writeText(source.textContent);
      say('Copied.');
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy'; }, 2000);
    } catch (e) {
      getSelection().selectAllChildren(source);
      say('Selected; copy it with the keyboard.');
    }
  }

  // ---------------------------------------------------------------- progress

  function showProgress() {
    const before = !run.generations.length || !hasGenerations();
    $('early').hidden = !before;
    $('by-generation').hidden = before;
    if (before) {
      showSoFar();
      return;
    }
    const g = run.generations;
    const labels = g.map(one => one.number);
    const quartile = n => g.map(one => (one.quartiles.length ? one.quartiles[n] : null));
    const band = (label, n, fill, colour) => ({
      label, data: quartile(n), borderWidth: 0, pointRadius: 0, pointHoverRadius: 0, fill, backgroundColor: colour, borderColor: colour, spanGaps: true
    });
    const bests = g.map(one => (one.best < 0 ? null : one.best));
    const single = g.length === 1;
    let top = null;
    for (const one of g) if (one.best >= 0 && (!top || one.best > top.best)) top = one;
    const last = g[g.length - 1];
    const rising = top && last ? last.number - top.number : 0;
    const failing = g.some(one => one.failures);
    const measured = run.best && top && run.best.low !== null && run.best.fitness === top.best;
    const scale = accuracies('validation accuracy', [...bests, ...quartile(0), ...quartile(4), data.chance, measured ? run.best.high : null].filter(known));
    chart('fitness', {
      type: 'line', labels, height: 320,
      datasets: [
        line('best', bests, colours.blue, { borderWidth: 2.6 }),
        line('mean', g.map(one => one.mean), colours.orange, { borderDash: [6, 3], pointStyle: 'rect' }),
        band('75 %', 3, '+1', faded(colours.orange, 0.26)),
        band('25 %', 1, false, faded(colours.orange, 0.26)),
        band('max', 4, '+1', faded(colours.grey, 0.2)),
        band('min', 0, false, faded(colours.grey, 0.2)),
        crosses('failures', g.map(one => (one.failures ? scale.min : null)))
      ].map(dataset => (single && dataset.label !== 'failures' ? Object.assign(dataset, { pointRadius: 4 }) : dataset)),
      options: {
        interaction: { mode: 'index', intersect: false },
        room: 14,
        guides: {
          chance: chanceLine('y'),
          intervals: measured ? [{ x: single ? 0 : top.number - 1, low: run.best.low, high: run.best.high, colour: colours.blue }] : []
        },
        scales: {
          x: axis('generation', { offset: single, grid: { display: false } }),
          y: scale
        },
        tooltip: {
          filter: item => item.dataset.label !== 'failures',
          itemSort: (a, b) => b.parsed.y - a.parsed.y,
          callbacks: {
            title: items => 'Generation ' + items[0].label,
            label: item => item.dataset.label + ' ' + percent(item.parsed.y),
            footer: items => g[items[0].dataIndex].phenotype + (g[items[0].dataIndex].failures ? ', ' + g[items[0].dataIndex].failures + ' of ' + plural(g[items[0].dataIndex].size, 'candidate') + ' failed' : '')
          }
        }
      },
      said: !top ? 'Every candidate failed so far.'
        : 'Best ' + percent(top.best) + ', first reached in generation ' + top.number + ' of ' + g.length
          + (rising >= 3 ? '; no better for ' + rising + ' generations' : '')
          + (last.mean === null ? '.' : '. The mean of the last is ' + percent(last.mean) + '.')
          + (run.best && discarded(run.best) ? ' The best network of the run, ' + percent(run.best.fitness) + ', is in no generation.' : ''),
      key: [
        key('line', colours.blue, measured ? 'best, with its 95 % interval' : 'best'), key('dashed', colours.orange, failing ? 'mean without failures' : 'mean'),
        key('band', faded(colours.orange, 0.4), '25–75 %'), key('band', faded(colours.grey, 0.35), 'min–max'),
        ...(failing ? [key('cross', colours.bad, 'failures')] : [])
      ],
      table: () => ({
        head: [{ number: 'generation' }, { number: 'best' }, { number: 'mean' }, { number: 'min' }, { number: '25 %' }, { number: 'median' }, { number: '75 %' }, { number: 'failures' }, 'best network'],
        rows: g.map(one => [String(one.number), one.best < 0 ? 'failed' : percent(one.best), one.mean === null ? '' : percent(one.mean),
          ...[0, 1, 2, 3].map(n => (one.quartiles.length ? percent(one.quartiles[n]) : '')), String(one.failures), one.phenotype])
      }),
      stops: g.map((one, i) => ({
        elements: [{ datasetIndex: 0, index: i }, { datasetIndex: 1, index: i }],
        text: 'Generation ' + one.number + ', best ' + (one.best < 0 ? 'failed' : percent(one.best)) + (one.mean === null ? '' : ', mean ' + percent(one.mean))
          + (one.failures ? ', ' + plural(one.failures, 'failure') : '')
      }))
    });
    const distinct = g.map(one => one.distinct / one.size);
    chart('diversity', {
      type: 'line', labels, height: 320,
      datasets: [
        line('distinct networks', distinct, colours.green, single ? { pointRadius: 4 } : {}),
        line('differing bits', g.map(one => one.hamming), colours.purple, Object.assign({ borderDash: [6, 3], pointStyle: 'rect' }, single ? { pointRadius: 4 } : {}))
      ],
      options: {
        interaction: { mode: 'index', intersect: false },
        scales: {
          x: axis('generation', { offset: single, grid: { display: false } }),
          y: axis('share', { min: 0, max: 1.05, ticks: { includeBounds: false, callback: shares.ticks.callback } })
        },
        tooltip: { callbacks: { title: items => 'Generation ' + items[0].label, label: item => item.dataset.label + ' ' + percent(item.parsed.y, 1) } }
      },
      said: 'Two candidates differ in ' + percent(g[0].hamming, 0) + ' of their bits at first'
          + (g.length > 1 ? ', in ' + percent(last.hamming, 0) + ' now' : '') + '; '
          + plural(last.size, 'candidate') + ' stand for ' + plural(last.distinct, 'network') + '.',
      key: [key('line', colours.green, 'distinct networks'), key('dashed', colours.purple, 'bits in which two differ')],
      table: () => ({
        head: [{ number: 'generation' }, { number: 'distinct networks' }, { number: 'candidates' }, { number: 'differing bits' }],
        rows: g.map(one => [String(one.number), String(one.distinct), String(one.size), percent(one.hamming, 1)])
      }),
      stops: g.map((one, i) => ({
        elements: [{ datasetIndex: 0, index: i }, { datasetIndex: 1, index: i }],
        text: 'Generation ' + one.number + ', ' + plural(one.distinct, 'network') + ', differing bits ' + percent(one.hamming, 1)
      }))
    });
  }

  /** Until the first generation is complete, or without generations: each evaluation, and the best so far. */
  function showSoFar() {
    const list = ordered();
    let best = null;
    const bests = list.map((e, i) => {
      if (!e.failed && !e.stopped && (best === null || e.fitness > best)) best = e.fitness;
      return best === null ? null : { x: i + 1, y: best };
    }).filter(Boolean);
    const done = list.map((e, i) => ({ x: i + 1, y: e.fitness, e })).filter(point => !point.e.failed);
    const scale = accuracies('validation accuracy', [...done.map(point => point.y), data.chance].filter(known));
    const failed = list.map((e, i) => ({ x: i + 1, y: scale.min, e })).filter(point => point.e.failed);
    const lists = [done, bests, failed];
    chart('so-far', {
      type: 'scatter', height: 320, empty: !list.length,
      datasets: [
        { label: 'evaluation', data: done, pointRadius: 4, pointHoverRadius: 6, borderWidth: 0, backgroundColor: colours.blue, order: 2 },
        { label: 'best so far', data: bests, showLine: true, stepped: 'before', pointRadius: bests.length === 1 ? 3 : 0, pointHoverRadius: 0, borderColor: colours.orange, backgroundColor: colours.orange, borderWidth: 2.4, order: 1 },
        crosses('failed', failed, { order: 3 })
      ],
      options: {
        guides: { chance: chanceLine('y') },
        scales: { x: axis('evaluation', { type: 'linear', min: 0.5, max: Math.max(4, list.length) + 0.5, grid: { display: false }, ticks: { stepSize: list.length > 20 ? undefined : 1, precision: 0, includeBounds: false } }), y: scale },
        tooltip: {
          displayColors: false, filter: (item, index) => index === 0 && item.datasetIndex !== 1,
          callbacks: { title: items => (items.length ? items[0].raw.e.network.phenotype : ''), label: item => accuracy(item.raw.e) + (item.raw.e.reason ? ': ' + item.raw.e.reason : '') }
        }
      },
      said: !list.length ? 'No evaluation has ended yet: the first is in progress.'
        : best === null ? plural(list.length, 'evaluation') + ', all failed so far.'
          : plural(list.length, 'evaluation') + ', the best so far ' + percent(best) + '.' + (hasGenerations() ? ' The first generation is in progress.' : orderSaid()),
      key: list.length ? [key('dot', colours.blue, 'evaluation'), key('line', colours.orange, 'best so far'), ...(failed.length ? [key('cross', colours.bad, 'failed')] : [])] : [],
      table: () => ({
        head: [{ number: 'evaluation' }, 'network', { number: 'accuracy' }, { number: 'proposal' }],
        rows: list.map((e, i) => [String(i + 1), e.network.phenotype, accuracy(e), e.network.origin ? String(e.network.origin.proposal + 1) : ''])
      }),
      stops: [0, 2].flatMap(datasetIndex => lists[datasetIndex].map((point, index) => ({
        elements: [{ datasetIndex, index }], at: point.x, text: 'Evaluation ' + point.x + ', ' + point.e.network.phenotype + ', ' + accuracy(point.e)
      }))).sort((a, b) => a.at - b.at),
      choose: found => found.datasetIndex !== 1 && choose(lists[found.datasetIndex][found.index].e.network.phenotype, true)
    });
  }

  // ---------------------------------------------------------------- networks

  const MOST_LINES = 20;

  /** The layers that compute or reshape, as lines of a tooltip. */
  function networkLines(n) {
    const lines = n.layers.filter(one => one.opens || shape(one.output) !== shape(one.input[0]))
      .map(one => one.text + '  →  ' + shape(one.output));
    if (lines.length <= MOST_LINES) return lines;
    const last = lines.length - MOST_LINES / 2;
    return [...lines.slice(0, MOST_LINES / 2), '… ' + plural(last - MOST_LINES / 2, 'more layer'), ...lines.slice(last)];
  }

  function showScatter(cost, title) {
    const points = run.trained.slice().sort((a, b) => a[cost] - b[cost]);
    const best = run.fronts[cost];
    const chosen = chosenNetwork();
    const ringed = chosen && chosen.evaluation && !chosen.evaluation.failed ? [chosen] : [];
    const place = n => ({ x: n[cost], y: n.evaluation.fitness });
    const top = run.best;
    const scale = accuracies('validation accuracy', [...points.map(n => n.evaluation.fitness), data.chance, top ? top.high : null].filter(known));
    const goal = goalFront();
    const lists = [best, ringed, points, run.failed, run.stopped, goal];
    // An element of the chart has an index, an item of a tooltip a dataIndex.
    const find = found => lists[found.datasetIndex][found.dataIndex ?? found.index];
    chart(cost, {
      type: 'scatter', height: 360, empty: !points.length && !run.failed.length,
      datasets: [
        { label: 'front', data: best.map(place), showLine: true, stepped: 'before', borderColor: colours.orange, backgroundColor: colours.orange, borderWidth: 1.6, pointStyle: 'rectRot', pointRadius: 6.5, pointHoverRadius: 8, pointBorderColor: colours.surface, order: 1 },
        { label: 'shown below', data: ringed.map(place), pointStyle: 'circle', pointRadius: 10, pointHoverRadius: 10, borderWidth: 2, borderColor: colours.text, backgroundColor: 'transparent', order: 3 },
        { label: 'networks', data: points.map(place), pointRadius: 4, pointHoverRadius: 6, borderColor: colours.surface, borderWidth: 0.75, backgroundColor: faded(colours.blue, 0.75), order: 2 },
        crosses('failed', run.failed.map(n => ({ x: n[cost], y: scale.min })), { order: 4 }),
        { label: 'stopped early', data: run.stopped.map(place), pointStyle: 'circle', pointRadius: 3.5, pointHoverRadius: 6, borderColor: colours.muted, backgroundColor: 'transparent', borderWidth: 1, order: 5 },
        { label: 'front of the search', data: goal.map(place), pointStyle: 'circle', pointRadius: 9, pointHoverRadius: 9, borderWidth: 1.6, borderColor: colours.green, backgroundColor: 'transparent', order: 6 }
      ],
      options: {
        guides: {
          chance: chanceLine('y'),
          intervals: top && top.low !== null ? [{ x: top.network[cost], low: top.low, high: top.high, colour: colours.muted }] : []
        },
        scales: {
          x: axis(title + ', logarithmic', { type: 'logarithmic', ticks: { callback: value => ([1, 2, 3, 5, 7].includes(Number(String(value)[0])) && String(value).match(/^\d0*$/) ? short(value) : null), autoSkip: true } }),
          y: scale
        },
        tooltip: {
          filter: (item, index) => index === 0,
          bodyFont: { size: 11 }, displayColors: false,
          callbacks: {
            title: items => find(items[0]).phenotype + '   ' + accuracy(find(items[0]).evaluation),
            label: item => {
              const n = find(item);
              return [n.evaluation.bits, ...(n.evaluation.failed ? [n.evaluation.reason] : n.evaluation.low === null ? [] : ['95 % interval ' + interval(n.evaluation.low, n.evaluation.high)]),
                grouped.format(n.parameters) + ' params', short(n.flops) + ' FLOPs per image', ...networkLines(n)];
            },
            footer: () => 'Click for its details'
          }
        }
      },
      said: !points.length ? (run.failed.length ? 'Every network failed so far.' : 'No network is evaluated yet.')
        : plural(points.length, 'network') + ', ' + best.length + ' of them on the Pareto front, from '
          + percent(best[0].evaluation.fitness) + ' with ' + short(best[0][cost]) + ' to '
          + percent(best[best.length - 1].evaluation.fitness) + ' with ' + short(best[best.length - 1][cost]) + '.',
      key: [key('dot', colours.blue, 'network'), key('diamond', colours.orange, 'Pareto front'), key('ring', colours.text, 'shown below'),
        ...(run.failed.length ? [key('cross', colours.bad, 'failed')] : []),
        ...(run.stopped.length ? [key('ring', colours.muted, 'stopped early')] : []),
        ...(goal.length ? [key('ring', colours.green, 'front of the search: ' + data.objectives.names.join(', '))] : [])],
      table: () => ({
        head: ['network', { number: 'accuracy' }, { number: title }, 'Pareto front'],
        rows: [...points, ...run.failed, ...run.stopped].map(n => [n.phenotype, accuracy(n.evaluation), grouped.format(n[cost]), best.includes(n) ? 'yes' : ''])
      }),
      stops: points.map((n, i) => ({
        elements: [{ datasetIndex: 2, index: i }],
        text: n.phenotype + ', ' + percent(n.evaluation.fitness) + ', ' + short(n[cost]) + ' ' + title + (best.includes(n) ? ', on the Pareto front' : '') + '. Enter shows its details.'
      })),
      choose: found => choose(find(found).phenotype, true)
    });
  }

  // ---------------------------------------------------------------- objectives

  /** The networks of the front of a search with several objectives, the most accurate first. */
  function goalFront() {
    const names = data.objectives ? data.objectives.front : [];
    return names.map(name => run.networks.find(n => n.phenotype === name)).filter(n => n && n.evaluation);
  }

  /** Columns of the CSV file, in seconds, if latencies were measured. */
  function latencyColumns() {
    const measured = data.objectives ? data.objectives.latencies : {};
    const at = index => e => (!e.failed && measured[e.network.phenotype] ? measured[e.network.phenotype][index] : '');
    return Object.keys(measured).length ? [['latency', at(0)], ['latency64', at(1)]] : [];
  }

  const milliseconds = seconds => (1000 * seconds).toPrecision(3) + ' ms';

  function showObjectives() {
    const goals = data.objectives;
    $('objectives').hidden = !goals || !goals.names.length;
    if ($('objectives').hidden) return;
    const front = goalFront();
    const timed = Object.keys(goals.latencies).length > 0;
    const latency = (n, at) => (goals.latencies[n.phenotype] ? milliseconds(goals.latencies[n.phenotype][at]) : '');
    $('objectives-said').textContent = front.length
      ? 'No network of the run is better than one of these in one of ' + goals.names.join(', ') + ' without being worse in another. ' + goals.preferred + ' is the best model.'
      : 'No network is evaluated yet.';
    table($('objectives-front'), ['network', { number: 'accuracy' }, { number: '95 % interval' }, { number: 'params' }, { number: 'FLOPs' }, ...(timed ? [{ number: 'latency, 1 image' }, { number: '64 images' }] : [])],
      front.map(n => [chooser(n.phenotype), percent(n.evaluation.fitness), n.evaluation.low === null ? '' : interval(n.evaluation.low, n.evaluation.high), short(n.parameters), short(n.flops), ...(timed ? [latency(n, 0), latency(n, 1)] : [])]));
    const steps = goals.hypervolume.map(([x, y]) => ({ x, y }));
    const last = steps.length ? steps[steps.length - 1] : null;
    const total = run.evaluations.length;
    const line = last && last.x < total ? [...steps, { x: total, y: last.y }] : steps;
    chart('hypervolume', {
      type: 'scatter', height: 320, empty: !steps.length,
      datasets: [{ label: 'hypervolume', data: line, showLine: true, stepped: 'before', pointRadius: steps.length === 1 ? 3 : 0, pointHoverRadius: 4, borderColor: colours.orange, backgroundColor: colours.orange, borderWidth: 2.4 }],
      options: {
        scales: {
          x: axis('evaluation', { type: 'linear', min: 0.5, max: Math.max(4, total) + 0.5, grid: { display: false }, ticks: { precision: 0, includeBounds: false } }),
          y: axis('hypervolume', { min: 0 })
        },
        tooltip: { displayColors: false, callbacks: { title: items => (items.length ? 'Evaluation ' + items[0].raw.x : ''), label: item => percent(item.raw.y) } }
      },
      said: last ? 'The front dominates ' + percent(last.y) + ' of what lies between accuracy 0 and 1 and below the largest network of the run.' : 'No network is evaluated yet.',
      key: steps.length ? [key('line', colours.orange, 'hypervolume')] : [],
      table: () => ({ head: [{ number: 'evaluation' }, { number: 'hypervolume' }], rows: steps.map(point => [String(point.x), percent(point.y)]) }),
      stops: steps.map((point, index) => ({ elements: [{ datasetIndex: 0, index }], at: point.x, text: 'Evaluation ' + point.x + ', hypervolume ' + percent(point.y) }))
    });
  }

  function chooser(phenotype) {
    return element('button', { type: 'button', class: 'link', 'data-network': phenotype, onclick: () => choose(phenotype, true) }, phenotype);
  }

  /** One table of both fronts. */
  function showFront() {
    const fronts = run.fronts;
    const all = [...new Set([...fronts.parameters, ...fronts.flops])]
      .sort((x, y) => y.evaluation.fitness - x.evaluation.fitness || x.parameters - y.parameters);
    const on = (cost, n) => element('td', { class: 'number' }, short(n[cost]), fronts[cost].includes(n)
      ? element('span', { class: 'mark' }, ' ◆', element('span', { class: 'hidden' }, ' on the front')) : element('span', { class: 'mark', 'aria-hidden': 'true' }, ' \u2003'));
    table($('front'), ['network', { number: 'accuracy' }, { number: '95 % interval' }, { number: 'params' }, { number: 'FLOPs' }],
      all.map(n => [chooser(n.phenotype), percent(n.evaluation.fitness), n.evaluation.low === null ? '' : interval(n.evaluation.low, n.evaluation.high), on('parameters', n), on('flops', n)]));
  }

  function showCurves() {
    const loss = view.curves === 'loss';
    const curves = data.top.map(row => ({ e: run.evaluations[row[0]], values: row[loss ? 1 : 2], validation: loss ? [] : row[3] || [] }));
    const epochs = Math.max(1, ...curves.map(one => one.values.length));
    const labels = Array.from({ length: epochs }, (_, i) => i + 1);
    const shades = curves.map((_, i) => (i ? blend(colours.blue, colours.grey, Math.min(1, 0.25 + 0.75 * i / 9)) : colours.orange));
    $('curves-accuracy').setAttribute('aria-pressed', String(!loss));
    $('curves-loss').setAttribute('aria-pressed', String(loss));
    const text = value => (loss ? value.toFixed(3) : percent(value));
    const first = curves[0];
    const wide = document.querySelector('[data-chart="curves"]').clientWidth > 560;
    const names = curves.map((one, i) => (i + 1) + (wide ? ' ' + one.e.network.phenotype : ''));
    // The validation accuracy is measured at the end of a training, if not after each epoch.
    const measured = loss ? [] : curves.map(one => (one.validation.length ? one.validation : one.values.map((_, at) => (at === one.values.length - 1 ? one.e.fitness : null))));
    const all = [...curves.flatMap(one => one.values), ...measured.flat()].filter(known);
    chart('curves', {
      type: 'line', labels, height: 360, empty: !curves.length,
      datasets: [
        ...curves.map((one, i) => line(one.e.network.phenotype, one.values, shades[i], {
          borderWidth: i ? 1.6 : 3, order: 20 + i, pointRadius: epochs === 1 ? 5 : epochs > 40 ? 0 : 2, pointStyle: i ? 'circle' : 'rectRot', borderDash: []
        })),
        ...measured.map((values, i) => line(curves[i].e.network.phenotype + ', validation', values, shades[i], {
          borderDash: [4, 3], borderWidth: 1.4, order: i, pointStyle: 'rectRot', pointRadius: i ? 4.5 : 7, pointHoverRadius: 8, pointBackgroundColor: colours.surface, pointBorderWidth: 2
        }))
      ],
      options: {
        interaction: { mode: 'nearest', axis: 'xy', intersect: false },
        room: wide ? 24 + 7 * Math.max(0, ...names.map(name => name.length)) : 30,
        guides: { ends: names.map((name, i) => ({ dataset: i, index: curves[i].values.length - 1, text: name, colour: i ? colours.muted : colours.orange })), chance: loss ? [] : chanceLine('y') },
        scales: {
          x: axis('epoch', { grid: { display: false } }),
          y: loss ? losses('training loss', all) : accuracies('accuracy', all.concat(known(data.chance) ? data.chance : []))
        },
        tooltip: {
          callbacks: {
            title: items => items[0].dataset.label,
            label: item => 'epoch ' + item.label + ': ' + text(item.parsed.y),
            footer: items => 'validation ' + percent(curves[items[0].datasetIndex % curves.length].e.fitness) + ', rank ' + (items[0].datasetIndex % curves.length + 1)
          }
        }
      },
      said: !first || !first.values.length ? 'No learning curve is known yet.'
        : 'The best, ' + first.e.network.phenotype + ', ends its training at ' + text(first.values[first.values.length - 1])
          + (loss ? ' loss' : ' accuracy') + ' on augmented images and reaches ' + percent(first.e.fitness) + ' on the validation images.',
      key: curves.length ? [key('line', colours.orange, 'best'), curves.length > 1 ? key('line', shades[1], 'rank 2 to ' + curves.length) : null,
        loss ? null : key('diamond', colours.muted, 'validation, at the end')].filter(Boolean) : [],
      table: () => ({
        head: ['network', { number: 'validation' }, ...labels.map(n => ({ number: 'epoch ' + n }))],
        rows: curves.map(one => [one.e.network.phenotype, percent(one.e.fitness), ...one.values.map(text)])
      }),
      stops: curves.flatMap((one, i) => one.values.map((value, at) => ({
        elements: [{ datasetIndex: i, index: at }], text: one.e.network.phenotype + ', epoch ' + (at + 1) + ', ' + text(value)
      })))
    });
  }

  // ---------------------------------------------------------------- one network

  function chosenNetwork() {
    return run.networks.find(n => n.phenotype === view.phenotype && n.evaluation)
      || (run.best ? run.best.network : run.networks.find(n => n.evaluation)) || null;
  }

  function choose(phenotype, go) {
    view.phenotype = phenotype;
    remember();
    showArchitecture();
    showLineage();
    showScatter('parameters', 'params');
    showScatter('flops', 'FLOPs per image');
    showRows();
    if (go) {
      $('architecture').focus({ preventScroll: true });
      $('architecture').scrollIntoView({ block: 'start' });
    }
  }

  /**
   * The boxes of the drawing. In a box each layer reads the one before and is read by the next alone.
   * A layer that opens a box begins another one if it stands elsewhere in the tree of names; a layer
   * with a symbol, where branches meet, always has its own.
   */
  function stages({ layers, inputs: read }) {
    const readers = layers.map(() => 0);
    read.flat().forEach(node => { if (node >= 0) readers[node]++; });
    const found = [{ title: 'Input', kind: 'input', output: layers[0].input[0], layers: [], last: -1, reads: [], note: 'RGB image' }];
    layers.forEach((one, i) => {
      const parent = one.name.slice(0, Math.max(0, one.name.lastIndexOf('.')));
      let current = found[found.length - 1];
      const goesOn = i > 0 && read[i].length === 1 && read[i][0] === i - 1 && readers[i - 1] === 1;
      if (!goesOn || (one.opens && (!parent || parent !== current.parent || current.symbol))) {
        current = { parent, symbol: one.symbol, layers: [], reads: read[i], first: i };
        found.push(current);
      }
      current.layers.push(one);
      current.last = i;
      current.output = one.output;
    });
    found.slice(1).forEach((stage, i) => describe(stage, i, found));
    found.forEach(stage => { stage.parameters = stage.layers.reduce((sum, one) => sum + one.parameters, 0); });
    return found;
  }

  /** A path of numbers alone tells a reader nothing. */
  const numbered = path => /^[0-9.]+$/.test(path);

  function describe(stage, index, all) {
    const first = stage.layers[0];
    const alone = all.filter(other => !other.symbol && other.parent === stage.parent).length === 1;
    stage.path = stage.symbol || !stage.parent || !alone ? first.name : stage.parent;
    stage.kind = stage.symbol ? 'meeting' : stage.output.length === 3 ? 'block' : 'head';
    const opening = stage.layers.filter(one => one.opens).map(one => one.kind);
    const convolutions = opening.filter(kind => kind === 'convolution').length;
    if (numbered(stage.path) && !stage.symbol) {
      const block = all.filter((other, i) => other.parent && !other.symbol && i <= index + 1).length;
      stage.title = stage.parent ? 'Block ' + block : index === 0 && convolutions ? 'Stem' : capital(first.kind);
      stage.note = stage.title === 'Stem' ? 'convolution'
        : stage.parent && opening.length === convolutions ? ['', 'single', 'double'][convolutions] || convolutions + ' × convolution' : '';
      stage.path = null;
    } else if (stage.symbol) {
      stage.path = numbered(stage.path) ? null : stage.path;
      stage.title = stage.path || first.kind;
      stage.note = stage.layers.length > 1 ? stage.layers[1].text : '';
    } else {
      stage.title = stage.path;
      const kinds = opening.length ? opening : stage.layers.map(one => one.kind);
      const note = [...new Set(kinds)].map(kind => {
        const count = kinds.filter(other => other === kind).length;
        return count > 1 ? count + ' × ' + kind : kind;
      }).join(', ');
      stage.note = note === stage.title ? '' : note;
    }
    if (index === all.length - 2) {
      stage.title = 'Classes';
      stage.kind = 'output';
      stage.note = '';
      stage.path = null;
    }
  }

  /** Whether a layer reads the one before and nothing else. */
  const readsBefore = (network, at) => network.inputs[at].length === 1 && network.inputs[at][0] === at - 1;
  const isChain = network => network.layers.every((_, i) => readsBefore(network, i));
  const layerName = (network, at) => (at < 0 ? 'the image' : network.layers[at].name);

  /** What a layer reads, a line for each; muted where it goes without saying. */
  function readCell(network, at) {
    return element('td', { class: readsBefore(network, at) ? 'bits muted' : 'bits' },
      ...network.inputs[at].map(node => element('div', null, layerName(network, node))));
  }

  /** Where a branch passes above the boxes: shorter ones below longer ones. */
  function branches(list) {
    const producer = new Map(list.map((stage, i) => [stage.last, i]));
    const found = [];
    list.forEach((stage, to) => {
      let straight = false;
      stage.reads.forEach(node => {
        const from = producer.get(node);
        if (from === to - 1 && !straight) straight = true;
        else found.push({ from, to });
      });
      stage.straight = straight;
    });
    found.sort((a, b) => (a.to - a.from) - (b.to - b.from));
    found.forEach((branch, i) => {
      branch.level = 1 + Math.max(0, ...found.slice(0, i).filter(other => other.from < branch.to && branch.from < other.to).map(other => other.level));
    });
    return found;
  }

  const MIDDLE = 84;
  const LEVEL = 13;
  const TEXT = 6.7;
  const RADIUS = 11;

  /** Height, width and depth of a box, and how wide it is with its texts. */
  function measure(stage, full, graph) {
    const image = stage.output.length === 3;
    const side = stage.symbol ? 2 * RADIUS : image ? 16 * Math.sqrt(32 * stage.output[1] / full) : Math.max(9, 9 * Math.log2(stage.output[0]));
    const wide = stage.symbol ? 2 * RADIUS : image ? 2 + 4 * Math.log2(stage.output[0]) : 12;
    const deep = image && !stage.symbol ? side * 0.34 : 0;
    const longest = graph || stage.path ? Math.max(...texts(stage).map(([text]) => text.length)) : 0;
    return { side, wide, deep, slot: Math.max(wide + deep + (graph ? 40 : 26), stage.symbol ? 0 : 92, TEXT * longest + 10) };
  }

  /** The lines below a box, from the top: the path that leads to it, its name, what it makes. */
  function texts(stage) {
    const dot = stage.path ? stage.path.lastIndexOf('.') : -1;
    const name = [dot >= 0 ? stage.path.slice(dot + 1) : stage.title, 'name'];
    if (stage.symbol) return [['', ''], name, [stage.note, '']];
    return [[dot >= 0 ? stage.path.slice(0, dot) : '', ''], name, [shape(stage.output), ''], [stage.note, ''],
      [stage.parameters ? short(stage.parameters) + ' params' : '', '']];
  }

  /**
   * Boxes whose height is the side of the image and whose width is the number of channels. Where a
   * network is no chain, circles are sums and products of branches, and lines above the boxes lead there.
   */
  function showDrawing(network) {
    const svg = $('drawing');
    const list = stages(network);
    const above = branches(list);
    const graph = above.length > 0;
    const middle = MIDDLE + LEVEL * Math.max(0, ...above.map(branch => branch.level - 1));
    const under = list.some(stage => stage.path && stage.path.includes('.')) ? 166 : 150;
    const full = list[0].output[1];
    const parts = [];
    const point = (px, py) => px.toFixed(1) + ',' + py.toFixed(1);
    let x = 12;
    list.forEach((stage, i) => {
      const { side, wide, deep, slot } = measure(stage, full, graph);
      const left = x + (slot - wide - deep) / 2;
      const top = middle - (side - deep) / 2;
      const group = drawn('g', { class: stage.kind });
      const polygon = (kind, ...points) => {
        group.append(drawn('polygon', { class: 'face', points: points.join(' ') }), drawn('polygon', { class: 'tint ' + kind, points: points.join(' ') }));
      };
      Object.assign(stage, { left, right: left + wide + deep, top });
      if (stage.symbol) {
        group.append(drawn('circle', { class: 'face', cx: left + RADIUS, cy: middle, r: RADIUS }), drawn('circle', { class: 'tint', cx: left + RADIUS, cy: middle, r: RADIUS }),
          drawn('text', { class: 'symbol', x: left + RADIUS, y: middle + 5.5 }, stage.symbol));
      } else {
        if (deep) {
          polygon('', point(left, top), point(left + deep, top - deep), point(left + wide + deep, top - deep), point(left + wide, top));
          polygon('side', point(left + wide, top), point(left + wide + deep, top - deep), point(left + wide + deep, top + side - deep), point(left + wide, top + side));
        }
        polygon('', point(left, top), point(left + wide, top), point(left + wide, top + side), point(left, top + side));
      }
      if (stage.straight) {
        const from = list[i - 1].right + 5;
        const to = left - 5;
        if (to - from > 6) parts.push(drawn('path', { class: 'arrow', d: 'M' + from + ' ' + middle + 'H' + to + 'm-4 -3.5l4 3.5l-4 3.5' }));
      }
      texts(stage).forEach(([text, kind], row) => {
        if (row || text) group.append(drawn('text', { class: kind || null, x: x + slot / 2, y: middle - MIDDLE + under + 16 * row }, text));
      });
      parts.push(group);
      x += slot;
    });
    for (const branch of above) parts.push(branchLine(branch, network, list, above, middle));
    const width = Math.ceil(x + 12);
    const height = middle - MIDDLE + under + 72;
    svg.setAttribute('viewBox', '0 0 ' + width + ' ' + height);
    svg.setAttribute('width', width);
    svg.setAttribute('height', height);
    svg.setAttribute('aria-label', network.phenotype + ': ' + list.map(stage => {
      const names = stage.layers.length && !readsBefore(network, stage.first) ? stage.reads.map(node => layerName(network, node)) : [];
      return stage.title + ' ' + shape(stage.output) + (stage.parameters ? ', ' + grouped.format(stage.parameters) + ' parameters' : '')
        + (names.length ? ', reads ' + names.join(' and ') : '');
    }).join('; '));
    svg.replaceChildren(...parts);
  }

  /** From behind its source up, along above the boxes, and down to the circle or in front of the box that reads it. */
  function branchLine(branch, network, list, above, middle) {
    const target = list[branch.to];
    const start = list[branch.from].right + 8;
    const y = middle - MIDDLE + 15 - LEVEL * (branch.level - 1);
    const mates = above.filter(other => other.to === branch.to);
    const beside = mates.indexOf(branch) - (mates.length - 1) / 2;
    const end = target.symbol ? target.left + RADIUS + 8 * beside : target.left - 13;
    const down = target.symbol ? 'V' + (middle - RADIUS - 3) + 'm-3.5 -4l3.5 4l3.5 -4'
      : 'V' + (middle - 4) + 'q0 4 4 4H' + (target.left - 4) + 'm-4 -3.5l4 3.5l-4 3.5';
    return drawn('g', { class: 'branch' },
      drawn('title', null, layerName(network, list[branch.from].last) + ' to ' + layerName(network, target.first)),
      drawn('circle', { cx: start, cy: middle, r: 2.6 }),
      drawn('path', { d: 'M' + start + ' ' + middle + 'V' + (y + 5) + 'q0 -5 5 -5H' + (end - 5) + 'q5 0 5 5' + down }));
  }

  function showArchitecture() {
    const network = chosenNetwork();
    $('architecture').hidden = !network;
    if (!network) return;
    const e = network.evaluation;
    const isBest = run.best && run.best.network === network;
    $('architecture-title').textContent = (isBest ? 'The best network: ' : 'Network ') + network.phenotype;
    $('show-best').hidden = isBest || !run.best;
    const said = $('architecture-said');
    said.replaceChildren(
      'Chromosome ', element('span', { class: 'bits' }, e.bits), ' · ',
      e.failed ? element('span', { class: 'bad' }, 'failed: ' + e.reason) : percent(e.fitness) + ' validation accuracy' + (e.low === null ? '' : ' (95 % interval ' + interval(e.low, e.high) + ')'),
      ' · ' + grouped.format(network.parameters) + ' params · ' + short(network.flops) + ' FLOPs per image · '
        + (e.source ? 'taken over from ' + e.source : 'trained in ' + duration(e.seconds) + ' by ' + laneName(e.lane)
        + (e.rate ? ', ' + grouped.format(Math.round(e.rate)) + ' images/s' : '')));
    showDrawing(network);
    const most = Math.max(1, ...network.layers.map(one => one.parameters));
    const rows = [];
    const graph = !isChain(network);
    for (const stage of stages(network).slice(1)) {
      rows.push(element('tr', { class: 'group-row' }, element('th', { colspan: graph ? 7 : 6, scope: 'rowgroup' }, stage.title + (stage.note ? ', ' + stage.note : ''))));
      stage.layers.forEach((one, i) => {
        const bar = element('span', { class: 'share', 'aria-hidden': 'true' }, element('span'));
        bar.firstChild.style.width = (100 * one.parameters / most) + '%';
        rows.push(element('tr', null, element('td', { class: 'bits' }, one.name), element('td', null, one.text),
          graph ? readCell(network, stage.first + i) : null,
          number(one.input.map(shape).join(', ')), number(shape(one.output)),
          number(one.parameters ? grouped.format(one.parameters) : ''),
          element('td', null, one.parameters ? bar : '')));
      });
    }
    table($('layers'), ['name', 'layer', ...(graph ? ['reads'] : []), { number: 'input' }, { number: 'output' }, { number: 'parameters' }, 'share'], rows);
  }

  // ---------------------------------------------------------------- genes

  function quantile(sorted, share) {
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    return sorted[below] + (position - below) * (sorted[Math.ceil(position)] - sorted[below]);
  }

  /** Gives each gene a chart: those that stay keep theirs. */
  function showGenes() {
    const target = $('gene-charts');
    const wanted = run.genes.map(one => 'gene-' + one.id);
    for (const figure of [...target.children]) {
      if (!wanted.includes(figure.dataset.chart)) discard(figure);
    }
    run.genes.forEach((one, g) => {
      const id = wanted[g];
      const figure = [...target.children].find(child => child.dataset.chart === id)
        || element('figure', { class: 'card', 'data-chart': id }, element('figcaption', null, element('h3'), element('p', { class: 'said' })));
      figure.querySelector('h3').textContent = one.title;
      if (target.children[g] !== figure) target.insertBefore(figure, target.children[g] || null);
      const groups = one.groups.map(group => ({ name: group.caption.join(', '), networks: [], failed: [] }));
      for (const n of run.trained) for (const at of n.groups[g]) groups[at].networks.push(n);
      for (const n of run.failed) for (const at of n.groups[g]) groups[at].failed.push(n);
      showGene(id, groups, one.axis, run.trained.filter(n => !n.groups[g].length).length);
    });
  }

  function discard(figure) {
    const entry = figures.get(figure.dataset.chart);
    if (entry) entry.chart.destroy();
    figures.delete(figure.dataset.chart);
    figure.remove();
  }

  /**
   * groups: a name and its networks, a row each; without: how many networks do not have the gene.
   * Rows lie one below the other, so that every name has its line.
   */
  function showGene(id, groups, axisTitle, without) {
    const sorted = groups.map(group => group.networks.map(n => n.evaluation.fitness).sort((a, b) => a - b));
    const medians = sorted.map(values => (values.length ? quantile(values, 0.5) : null));
    const spread = (place, i) => i + (((place + 0.5) * 0.618034) % 1 - 0.5) * 0.5;
    const points = [];
    const failed = [];
    const scale = accuracies('validation accuracy', run.trained.map(n => n.evaluation.fitness).concat(known(data.chance) ? data.chance : []));
    groups.forEach((group, i) => {
      // Steps of the golden section lie apart from each other however many there are.
      group.networks.forEach((n, place) => points.push({ y: spread(place, i), x: n.evaluation.fitness, n }));
      group.failed.forEach((n, place) => failed.push({ y: spread(place, i), x: scale.min, n }));
    });
    let best = -1;
    medians.forEach((value, i) => {
      // One or two networks say little about a gene.
      if (value !== null && sorted[i].length >= FEW && (best < 0 || value > medians[best])) best = i;
    });
    const row = groups.length > MOST_GROUPS ? 22 : 38;
    const wide = row * 0.55;
    const lists = [null, points, null, failed];
    const caption = i => groups[i].name + '   n = ' + groups[i].networks.length;
    chart(id, {
      type: 'scatter', height: 58 + row * groups.length, empty: !run.trained.length && !run.failed.length,
      datasets: [
        { type: 'scatter', label: 'median', data: medians.flatMap((value, i) => (value === null ? [] : [{ y: i, x: value, group: i }])), pointStyle: 'line', rotation: 90, pointRadius: wide / 2, pointHoverRadius: wide / 2 + 2, borderWidth: 3, borderColor: colours.text, backgroundColor: colours.text, order: 1 },
        { type: 'scatter', label: 'network', data: points, pointRadius: 3, pointHoverRadius: 5, borderWidth: 0, backgroundColor: faded(colours.blue, points.length > 150 ? 0.5 : 0.75), order: 2 },
        { type: 'bar', indexAxis: 'y', label: '25–75 %', data: sorted.flatMap((values, i) => (values.length > 1 ? [{ y: i, x: [quantile(values, 0.25), quantile(values, 0.75)] }] : [])), barThickness: wide, backgroundColor: faded(colours.orange, 0.3), borderColor: colours.orange, borderWidth: 1, borderSkipped: false, order: 3 },
        crosses('failed', failed, { type: 'scatter', pointRadius: 3.5, order: 4 })
      ],
      options: {
        guides: { chance: chanceLine('x').map(one => ({ ...one, text: '' })) },
        scales: {
          x: scale,
          y: axis(axisTitle, {
            type: 'linear', offset: false, reverse: true, min: -0.5, max: groups.length - 0.5, grid: { display: false },
            afterBuildTicks: made => { made.ticks = groups.map((_, i) => ({ value: i })); },
            ticks: { autoSkip: false, callback: value => (groups[value] ? caption(value) : '') }
          })
        },
        tooltip: {
          displayColors: false, filter: item => item.datasetIndex !== 2,
          callbacks: {
            title: items => (items.length ? (items[0].raw.n ? items[0].raw.n.phenotype : groups[items[0].raw.group].name) : ''),
            label: item => (item.raw.n ? accuracy(item.raw.n.evaluation) + (item.raw.n.evaluation.reason ? ': ' + item.raw.n.evaluation.reason : '') : 'median ' + percent(item.parsed.x))
          }
        }
      },
      said: (best < 0 ? 'No value has ' + FEW + ' networks yet, too few to compare.'
        : 'Highest median: ' + groups[best].name + ' with ' + percent(medians[best]) + ' over ' + plural(groups[best].networks.length, 'network') + '.')
          + (without ? ' ' + plural(without, 'network') + (without === 1 ? ' does' : ' do') + ' not have this gene.' : ''),
      table: () => ({
        head: ['value', { number: 'networks' }, { number: 'failed' }, { number: 'min' }, { number: '25 %' }, { number: 'median' }, { number: '75 %' }, { number: 'max' }],
        rows: groups.map((group, i) => [group.name, String(group.networks.length), String(group.failed.length), ...[0, 0.25, 0.5, 0.75, 1].map(q => (sorted[i].length ? percent(quantile(sorted[i], q)) : ''))])
      }),
      stops: medians.flatMap((value, i) => (value === null ? [] : [{ i, value }])).map((one, index) => ({
        elements: [{ datasetIndex: 0, index }],
        text: groups[one.i].name + ', ' + plural(groups[one.i].networks.length, 'network') + ', median ' + percent(one.value)
      })),
      choose: found => lists[found.datasetIndex] && choose(lists[found.datasetIndex][found.index].n.phenotype, true)
    });
  }

  /** More groups than this get narrow rows. */
  const MOST_GROUPS = 12;

  /** A median of fewer networks is no headline. */
  const FEW = 5;

  // ---------------------------------------------------------------- how the search went

  /** The evaluations as they arrived, or in the order in which the search proposed their networks. */
  function ordered() {
    const proposed = !hasGenerations() && view.order === 'proposed';
    $('order').hidden = hasGenerations();
    $('order-arrived').setAttribute('aria-pressed', String(!proposed));
    $('order-proposed').setAttribute('aria-pressed', String(proposed));
    const place = e => (e.network.origin ? e.network.origin.proposal : Infinity);
    return proposed ? run.evaluations.slice().sort((a, b) => place(a) - place(b) || a.index - b.index) : run.evaluations;
  }

  /** How far the order of arrival was from that of the proposals. */
  function orderSaid() {
    const places = run.evaluations.filter(e => e.network.origin).map(e => e.network.origin.proposal);
    let highest = -1;
    const late = places.filter(place => {
      const overtaken = place < highest;
      highest = Math.max(highest, place);
      return overtaken;
    }).length;
    return ' ' + (late ? plural(late, 'result') + ' arrived after one of a later proposal.' : 'All results arrived in the order of the proposals.');
  }

  /** The network, the fitter of its parents, and so on to one that was drawn or given. */
  function ancestors(network) {
    const found = [];
    for (let n = network; n && n.origin && !found.includes(n);) {
      found.push(n);
      n = n.origin.parents.map(at => run.networks[at]).filter(parent => parent.evaluation)
        .sort((a, b) => b.evaluation.fitness - a.evaluation.fitness)[0];
    }
    return found;
  }

  function showLineage() {
    const network = chosenNetwork();
    const list = network ? ancestors(network) : [];
    $('lineage').hidden = !list.length;
    if (!list.length) return;
    const first = list[list.length - 1];
    $('lineage-said').textContent = list.length === 1
      ? network.phenotype + ' has no parents: operator ' + network.origin.operator + '.'
      : network.phenotype + ' comes from ' + first.phenotype + ' (' + first.origin.operator + ', ' + accuracy(first.evaluation) + ') in ' + plural(list.length - 1, 'step')
        + '. Of two parents the line follows the fitter; a click follows the other.';
    table($('ancestors'), ['network', { number: 'accuracy' }, 'operator', 'with', { number: hasGenerations() ? 'generation' : 'proposal' }], list.map((n, i) => {
      const other = n.origin.parents.map(at => run.networks[at]).filter(parent => parent !== list[i + 1]);
      return [chooser(n.phenotype), element('td', { class: 'number' + (n.evaluation.failed ? ' bad' : '') }, accuracy(n.evaluation)), n.origin.operator,
        element('td', null, ...other.flatMap(parent => [chooser(parent.phenotype), parent.evaluation ? ' ' + accuracy(parent.evaluation) : ''])),
        hasGenerations() ? String(n.evaluation.generation ?? '') : String(n.origin.proposal + 1)];
    }));
  }

  /** What the surrogate expected when it chose a network, against what came of it. */
  function showPredictions() {
    if ($('predictions').hidden) return;
    const points = run.evaluations.filter(e => known(e.prediction)).map(e => ({ x: e.prediction, y: e.fitness, e }));
    const r = data.search.correlation;
    chart('prediction', {
      type: 'scatter', height: 320, empty: !points.length,
      datasets: [{ label: 'network', data: points, pointRadius: 4, pointHoverRadius: 6, borderColor: colours.surface, borderWidth: 0.75, backgroundColor: faded(colours.blue, 0.75) }],
      options: {
        guides: { chance: chanceLine('y') },
        scales: {
          x: axis('expected normal score of the rank; 0 is the middle', { type: 'linear', grid: { display: false } }),
          y: accuracies('validation accuracy', [...points.map(point => point.y), data.chance].filter(known))
        },
        tooltip: {
          displayColors: false, filter: (item, index) => index === 0,
          callbacks: { title: items => (items.length ? items[0].raw.e.network.phenotype : ''), label: item => accuracy(item.raw.e) + ', expected ' + item.raw.x.toFixed(2) }
        }
      },
      said: known(r) ? 'Rank correlation ' + r.toFixed(2) + ' (Spearman) over ' + plural(points.length, 'network') + ' that the surrogate chose: 1 is the order that was expected, 0 none.'
        : plural(points.length, 'network') + ' that the surrogate chose: too few, or too much alike, for a rank correlation.',
      key: [key('dot', colours.blue, 'network')],
      table: () => ({
        head: ['network', { number: 'prediction' }, { number: 'accuracy' }],
        rows: points.map(point => [point.e.network.phenotype, point.x.toFixed(3), accuracy(point.e)])
      }),
      stops: points.map((point, index) => ({ elements: [{ datasetIndex: 0, index }], text: point.e.network.phenotype + ', expected ' + point.x.toFixed(2) + ', ' + accuracy(point.e) })),
      choose: found => choose(points[found.index].e.network.phenotype, true)
    });
  }

  // ---------------------------------------------------------------- failures

  /** How a kind of failure is called. */
  const KINDS = { DIVERGED: 'training diverged', MEMORY: 'out of memory', DEVICE: 'device lost', TIME: 'took too long', DEATHS: 'ended the process', LATENCY: 'above --max_latency', OTHER: 'other error' };
  const kindName = kind => KINDS[kind] || kind.toLowerCase() || 'unknown';

  /** Sets the filters of the table to failures, of a reason or of a gene's value, and goes there. */
  function onlyFailures(reason, gene, value) {
    for (const one of filters()) one.value = '';
    $('filter-outcome').value = 'failed';
    pick($('filter-reason'), reason);
    if (gene && $('filter-' + gene.id)) pick($('filter-' + gene.id), value);
    turn(0);
    $('evaluations').scrollIntoView({ block: 'start' });
    $('filter-outcome').focus({ preventScroll: true });
  }

  function showFailures() {
    const failed = run.evaluations.filter(e => e.failed);
    $('failures').hidden = !failed.length;
    const kinds = [...new Set(failed.map(e => e.kind))].map(kind => ({ kind, list: failed.filter(e => e.kind === kind) }))
      .sort((a, b) => b.list.length - a.list.length || natural.compare(a.kind, b.kind));
    offerReasons(kinds);
    if (!failed.length) return;
    const total = run.evaluations.length;
    $('reasons-said').textContent = failed.length + ' of ' + plural(total, 'evaluation') + ' failed. A failed network has no accuracy; the search avoids it.';
    const bar = share => {
      const made = element('span', { class: 'share', 'aria-hidden': 'true' }, element('span', { class: 'fails' }));
      made.firstChild.style.width = (100 * share) + '%';
      return made;
    };
    table($('reasons'), ['reason', { number: 'failures' }, { number: 'share' }, 'for example'], kinds.map(({ kind, list }) => [
      element('button', { type: 'button', class: 'link', onclick: () => onlyFailures(kind) }, capital(kindName(kind))),
      String(list.length), percent(list.length / failed.length, 0), element('td', { class: 'wrap' }, list[list.length - 1].reason)]));
    const rows = run.genes.flatMap((one, g) => one.groups.map((group, at) => {
      const of = run.evaluations.filter(e => e.network.groups[g].includes(at));
      return { one, group, of: of.length, failures: of.filter(e => e.failed).length };
    })).filter(row => row.failures).sort((a, b) => b.failures / b.of - a.failures / a.of || b.failures - a.failures).slice(0, MOST_FAILING);
    const top = rows.find(row => row.of >= FEW);
    $('failing-said').textContent = !rows.length ? 'The networks have no genes to compare.'
      : top ? 'Highest share: ' + top.one.name + ' ' + top.group.label + ', ' + top.failures + ' of ' + top.of + ' failed; of all, ' + percent(failed.length / total, 0) + '.'
        : 'No value has ' + FEW + ' evaluations yet, too few to compare.';
    table($('failing'), ['gene', 'value', { number: 'failed' }, { number: 'of' }, 'share'], rows.map(({ one, group, of, failures }) => {
      const name = group.caption.join(', ');
      return [one.name, $('filter-' + one.id) && one.filtered
        ? element('button', { type: 'button', class: 'link', onclick: () => onlyFailures('', one, group.label) }, name) : name,
      String(failures), String(of), element('td', null, element('span', { class: 'of' }, percent(failures / of, 0)), bar(failures / of))];
    }));
  }

  const MOST_FAILING = 12;

  function offerReasons(kinds) {
    $('reason-label').hidden = !kinds.length;
    const select = $('filter-reason');
    const options = [['', 'all'], ...kinds.map(({ kind }) => [kind, kindName(kind)])];
    if (options.length !== select.options.length || options.some(([value], i) => select.options[i].value !== value)) {
      const before = select.value;
      select.replaceChildren(...options.map(([value, text]) => element('option', { value }, text)));
      pick(select, before);
    }
  }

  // ---------------------------------------------------------------- classes

  const MOST_CLASSES = 120;

  /** What is confused with what: by groups of classes where there are any, or by class. */
  function showClasses() {
    const found = data.confusion;
    $('classes').hidden = !found;
    if (!found) return;
    const training = data.kind === 'training';
    $('matrix-title').textContent = training ? 'Confusion matrix of seed ' + data.confusionSeed : 'Confusion matrix of the best network';
    const byGroup = Boolean(found.groups) && view.matrix !== 'classes';
    $('matrix-size').hidden = !found.groups;
    $('matrix-groups').textContent = found.groups ? found.groups.length + ' groups' : '';
    $('matrix-all').textContent = found.classes.length + ' classes';
    $('matrix-groups').setAttribute('aria-pressed', String(byGroup));
    $('matrix-all').setAttribute('aria-pressed', String(!byGroup));
    const names = (byGroup ? found.groups : found.classes).map(name => name.replaceAll('_', ' '));
    const of = label => (byGroup ? found.groupOf[label] : label);
    const counts = new Map();
    const totals = names.map(() => 0);
    for (const [actual, predicted, images] of found.counts) {
      const at = of(actual) * names.length + of(predicted);
      counts.set(at, (counts.get(at) || 0) + images);
      totals[of(actual)] += images;
    }
    const count = (a, p) => counts.get(a * names.length + p) || 0;
    const share = (a, p) => (totals[a] ? count(a, p) / totals[a] : 0);
    const order = names.map((_, i) => i).filter(i => totals[i]).sort((a, b) => share(b, b) - share(a, a));
    const images = totals.reduce((sum, one) => sum + one, 0);
    const right = order.reduce((sum, i) => sum + count(i, i), 0);
    const noun = byGroup ? 'group' : 'class';
    $('matrix-said').textContent = plural(images, 'test image') + ', ' + percent(right / images, 1) + ' in the right ' + noun
      + '. Best: ' + names[order[0]] + ' ' + percent(share(order[0], order[0]), 0) + '; worst: ' + names[order[order.length - 1]] + ' ' + percent(share(order[order.length - 1], order[order.length - 1]), 0)
      + '. A row is what the images show, a column what the network says.';
    const pairs = [];
    for (const [at, n] of counts) {
      const a = Math.floor(at / names.length);
      const p = at % names.length;
      if (a !== p) pairs.push({ a, p, n, share: n / totals[a] });
    }
    pairs.sort((x, y) => y.n - x.n || y.share - x.share);
    $('confused-said').textContent = pairs.length ? 'Most frequent: ' + names[pairs[0].a] + ' taken for ' + names[pairs[0].p] + ', ' + plural(pairs[0].n, 'image') + '.' : 'Nothing is confused.';
    table($('confused'), ['shown', 'taken for', { number: 'images' }, { number: 'share' }],
      pairs.slice(0, 15).map(pair => [element('td', { class: 'words' }, names[pair.a]), element('td', { class: 'words' }, names[pair.p]), String(pair.n), percent(pair.share, 0)]));
    drawMatrix(names, counts, totals);
    if ($('matrix-details').open) fillMatrix();
    matrixTable = { names, count, totals };
  }

  let matrixTable = null;

  function fillMatrix() {
    if (!matrixTable) return;
    const { names, count, totals } = matrixTable;
    table($('matrix-rows'), ['shown', { number: 'images' }, { number: 'right' }, 'most often taken for'], names.map((name, a) => [name, String(totals[a]), String(count(a, a)),
      names.map((other, p) => ({ other, n: p === a ? 0 : count(a, p) })).filter(one => one.n).sort((x, y) => y.n - x.n).slice(0, 5).map(one => one.other + ' ' + one.n).join(', ')]));
  }

  function drawMatrix(names, counts, totals) {
    const svg = $('matrix');
    const n = names.length;
    const dense = n > 40;
    svg.parentElement.hidden = n > MOST_CLASSES;
    if (n > MOST_CLASSES) return;
    const cell = dense ? 9 : n > 24 ? 16 : 22;
    const left = Math.ceil(Math.max(...names.map(name => name.length)) * (dense ? 4.6 : 6.4)) + 14;
    const top = left;
    const parts = [drawn('rect', { class: 'empty', x: left, y: top, width: n * cell, height: n * cell })];
    names.forEach((name, i) => {
      parts.push(drawn('text', { x: left - 6, y: top + (i + 0.5) * cell + (dense ? 3 : 4), 'text-anchor': 'end' }, name),
        drawn('text', { transform: 'translate(' + (left + (i + 0.5) * cell + (dense ? 3 : 4)) + ' ' + (top - 6) + ') rotate(-90)' }, name));
    });
    for (const [at, images] of counts) {
      const a = Math.floor(at / n);
      const p = at % n;
      const share = images / totals[a];
      parts.push(drawn('rect', { class: a === p ? 'right' : 'wrong', x: left + p * cell + 0.5, y: top + a * cell + 0.5, width: cell - 1, height: cell - 1, 'fill-opacity': (0.08 + 0.92 * Math.min(1, share / (a === p ? 0.8 : 0.4))).toFixed(2) },
        drawn('title', null, a === p ? names[a] + ': ' + images + ' of ' + totals[a] + ' right' : names[a] + ' taken for ' + names[p] + ': ' + images + ' of ' + totals[a])));
    }
    const width = left + n * cell + 8;
    const height = top + n * cell + 6;
    svg.classList.toggle('dense', dense);
    svg.setAttribute('viewBox', '0 0 ' + width + ' ' + height);
    svg.setAttribute('width', width);
    svg.setAttribute('height', height);
    svg.setAttribute('aria-label', 'Confusion matrix of ' + n + ' ' + (data.confusion.groups && n === data.confusion.groups.length ? 'groups' : 'classes') + '. ' + $('matrix-said').textContent + ' The table below has the numbers.');
    svg.replaceChildren(...parts);
  }

  // ---------------------------------------------------------------- workers

  const laneName = index => (index >= 0 && data.lanes[index] ? data.lanes[index][1] : 'nobody');
  const laneText = lane => (lane.worker.startsWith(lane.device) ? lane.worker : lane.device + ' ' + lane.worker);

  /** A track for each worker, so that idle time is seen; crosses on failures; a line for a pause. */
  const marks = {
    id: 'drawing',
    beforeDatasetsDraw(target, args, options) {
      const { left, right } = target.chartArea;
      target.ctx.save();
      target.ctx.fillStyle = options.track;
      for (let lane = 0; lane < options.lanes; lane++) {
        const y = target.scales.y.getPixelForValue(lane);
        target.ctx.fillRect(left, y - options.thickness / 2, right - left, options.thickness);
      }
      target.ctx.restore();
    },
    afterDatasetsDraw(target, args, options) {
      const context = target.ctx;
      context.save();
      context.lineWidth = 2;
      context.strokeStyle = options.failure;
      for (const bar of target.getDatasetMeta(1).data) {
        const { x, base, y } = bar.getProps(['x', 'base', 'y'], true);
        const at = (x + base) / 2;
        context.beginPath();
        context.moveTo(at - 4, y - 4);
        context.lineTo(at + 4, y + 4);
        context.moveTo(at + 4, y - 4);
        context.lineTo(at - 4, y + 4);
        context.stroke();
      }
      context.strokeStyle = options.cut;
      context.setLineDash([3, 3]);
      for (const at of options.cuts || []) {
        const x = target.scales.x.getPixelForValue(at);
        context.beginPath();
        context.moveTo(x, target.chartArea.top);
        context.lineTo(x, target.chartArea.bottom);
        context.stroke();
      }
      context.restore();
    }
  };

  function showTimeline() {
    const { lanes, end, cuts, paused, busy } = run.timeline;
    const trained = [];
    const failed = [];
    const running = [];
    lanes.forEach((lane, i) => lane.bars.forEach(bar => {
      const item = { x: [bar.from, bar.to], y: i, bar };
      (bar.r ? running : bar.e.failed ? failed : trained).push(item);
    }));
    const thickness = lanes.length > 16 ? 10 : 18;
    const dense = trained.length > 120 * Math.max(1, lanes.length);
    const of = (label, list, colour) => ({
      label, data: list, grouped: false, backgroundColor: colour, borderColor: colours.surface, borderWidth: dense ? 0 : { left: 0.5, right: 0.5 }, borderSkipped: false, minBarLength: 1.5,
      barThickness: thickness
    });
    const lists = [trained, failed, running];
    const text = bar => (bar.r
      ? bar.r.network + ', epoch ' + bar.r.epoch + ' of ' + bar.r.epochs
      : bar.e.network.phenotype + ', ' + accuracy(bar.e));
    const idle = lanes.slice().sort((a, b) => a.busy - b.busy)[0];
    chart('timeline', {
      type: 'bar', empty: !lanes.length, height: 84 + lanes.length * (lanes.length > 16 ? 17 : 36),
      datasets: [of('trained', trained, colours.blue), of('failed', failed, faded(colours.bad, 0.45)), of('in training', running, faded(colours.green, 0.7))],
      plugins: [marks],
      options: {
        indexAxis: 'y',
        drawing: { failure: colours.bad, cut: colours.muted, cuts, track: colours.raised, lanes: lanes.length, thickness },
        scales: {
          x: axis('active time', { type: 'linear', min: 0, max: end || 1, ticks: { stepSize: clockStep(end || 1), includeBounds: false, callback: value => clock(value, end) } }),
          y: axis('', {
            type: 'linear', offset: false, min: -0.6, max: Math.max(0.6, lanes.length - 0.4), reverse: true, grid: { display: false },
            afterBuildTicks: scale => { scale.ticks = lanes.map((_, i) => ({ value: i })); },
            ticks: { autoSkip: lanes.length > 40, callback: value => (lanes[value] ? laneText(lanes[value]) + '  ' + percent(end ? lanes[value].busy / end : 0, 0) : '') }
          })
        },
        tooltip: {
          displayColors: false,
          callbacks: {
            title: items => { const bar = items[0].raw.bar; return bar.r ? bar.r.network : bar.e.network.phenotype; },
            label: item => {
              const bar = item.raw.bar;
              const span = clock(bar.from, end) + ' to ' + clock(bar.to, end) + ', ' + duration(bar.to - bar.from);
              return bar.r ? [span, 'epoch ' + bar.r.epoch + ' of ' + bar.r.epochs, bar.r.rate ? Math.round(bar.r.rate) + ' images/s' : 'started']
                : [span, accuracy(bar.e) + (bar.e.reason ? ': ' + bar.e.reason : ''), bar.e.rate ? grouped.format(Math.round(bar.e.rate)) + ' images/s' : ''].filter(Boolean);
            }
          }
        }
      },
      said: !lanes.length ? 'No evaluation has started yet.'
        : plural(lanes.length, 'worker') + ', busy ' + percent(busy, 0) + ' of the time'
          + (lanes.length > 1 ? '; the least busy, ' + laneText(idle) + ', ' + percent(idle.busy / end, 0) : '')
          + '. ' + (failed.length ? plural(failed.length, 'failure') : 'No failures')
          + (cuts.length ? '. ' + plural(cuts.length, 'pause') + ' of ' + duration(paused) + ' in all left out' : '') + '.',
      key: [key('band', colours.blue, 'evaluation'), key('cross', colours.bad, 'failed'), key('empty', colours.raised, 'idle'),
        ...(running.length ? [key('band', faded(colours.green, 0.7), 'in training')] : []),
        ...(cuts.length ? [key('dotted', colours.muted, 'pause, left out')] : [])],
      table: () => ({
        head: ['worker', 'device', { number: 'evaluations' }, { number: 'failures' }, { number: 'busy' }, { number: 'idle' }],
        rows: lanes.map(lane => [lane.worker, lane.device, String(lane.bars.length), String(lane.bars.filter(bar => bar.e && bar.e.failed).length), duration(lane.busy), duration(Math.max(0, end - lane.busy))])
      }),
      stops: lists.flatMap((list, datasetIndex) => list.map((item, index) => ({
        elements: [{ datasetIndex, index }], at: item.y * 1e9 + item.bar.from, text: laneText(lanes[item.y]) + ', ' + text(item.bar) + ', ' + duration(item.bar.to - item.bar.from)
      }))).sort((a, b) => a.at - b.at),
      choose: found => {
        const bar = lists[found.datasetIndex][found.index].bar;
        if (bar.e) choose(bar.e.network.phenotype, true);
      }
    });
  }

  // ---------------------------------------------------------------- the table

  const COLUMNS = [
    { id: 'job', name: '#', number: true, value: e => e.index, text: e => String(e.index + 1) },
    { id: 'network', name: 'network', value: e => e.network.phenotype, cell: e => element('td', null, chooser(e.network.phenotype)) },
    { id: 'fitness', name: 'accuracy', number: true, value: e => e.fitness, cell: e => element('td', { class: 'number' + (e.failed ? ' bad' : '') }, accuracy(e)) },
    { id: 'interval', name: '95 % interval', value: spread, text: spread },
    { id: 'parameters', name: 'params', number: true, value: e => e.network.parameters, text: e => grouped.format(e.network.parameters) },
    { id: 'flops', name: 'FLOPs', number: true, value: e => e.network.flops, text: e => short(e.network.flops) },
    { id: 'seconds', name: 'training time', number: true, value: e => e.seconds, text: e => (e.seconds ? e.seconds.toFixed(2) + ' s' : '') },
    { id: 'rate', name: 'images/s', number: true, value: e => e.rate, text: e => (e.rate ? grouped.format(Math.round(e.rate)) : '') },
    { id: 'worker', name: 'worker', value: e => laneName(e.lane), text: e => laneName(e.lane) },
    { id: 'start', name: 'started', number: true, value: e => e.start, text: e => (e.source ? '' : clock(e.start / 1000, run.timeline.end)) },
    { id: 'bits', name: 'chromosome', value: e => e.bits, cell: e => element('td', { class: 'bits' }, e.bits) },
    { id: 'generation', name: 'generation', number: true, value: e => e.generation ?? 0, text: e => (e.generation === null || !hasGenerations() ? '' : String(e.generation)) },
    { id: 'parents', name: 'parents', value: e => e.parents, cell: e => element('td', { class: 'wrap' }, e.parents) },
    { id: 'remarks', name: 'remarks', value: remarks, cell: e => element('td', { class: 'wrap' + (e.failed ? ' bad' : '') }, remarks(e)) }
  ];

  function spread(e) {
    return e.low === null ? '' : interval(e.low, e.high);
  }

  function remarks(e) {
    return [e.reason, e.stopped, e.source && 'from ' + e.source, e.parts > 1 && 'in ' + e.parts + ' parts', !e.failed && e.front && 'Pareto front']
      .filter(Boolean).join('; ');
  }

  function filtered() {
    const text = $('filter-text').value.trim().toLowerCase();
    const outcome = $('filter-outcome').value;
    const reason = $('filter-reason').value;
    const chosen = run.genes.map((one, g) => ({ g, value: one.filtered ? $('filter-' + one.id).value : '' }))
      .filter(choice => choice.value)
      .map(({ g, value }) => ({ g, at: run.genes[g].groups.findIndex(group => group.label === value) }));
    return run.evaluations.filter(e =>
      (!outcome || (outcome === 'ok' ? !e.failed : outcome === 'failed' ? e.failed : e.front && !e.failed))
      && (!reason || (e.failed && e.kind === reason))
      && chosen.every(choice => e.network.groups[choice.g].includes(choice.at))
      && (!text || (e.network.phenotype + ' ' + e.bits + ' ' + e.kind + ' ' + kindName(e.kind || '') + ' ' + remarks(e) + ' ' + laneName(e.lane)).toLowerCase().includes(text)));
  }

  function showRows() {
    const column = COLUMNS.find(one => one.id === view.sort);
    const sign = view.descending ? -1 : 1;
    const order = column.number ? (a, b) => a - b : natural.compare;
    const rows = filtered().map(e => [column.value(e), e]).sort((a, b) =>
      sign * order(a[0], b[0]) || a[1].index - b[1].index).map(pair => pair[1]);
    const pages = Math.max(1, Math.ceil(rows.length / PAGE_ROWS));
    view.page = Math.max(0, Math.min(view.page, pages - 1));
    const from = view.page * PAGE_ROWS;
    const shown = rows.slice(from, from + PAGE_ROWS);
    const target = $('rows');
    if (!target.tHead) {
      target.append(element('thead', null, element('tr', null, ...COLUMNS.map(one =>
        element('th', { scope: 'col', 'data-column': one.id, class: one.number ? 'number' : null },
          element('button', { type: 'button', onclick: () => sort(one) }, one.name))))), element('tbody'));
    }
    for (const cell of target.tHead.rows[0].cells) {
      if (cell.dataset.column === view.sort) cell.setAttribute('aria-sort', view.descending ? 'descending' : 'ascending');
      else cell.removeAttribute('aria-sort');
    }
    const chosen = chosenNetwork();
    const held = document.activeElement && target.contains(document.activeElement) ? document.activeElement.dataset.network : null;
    target.tBodies[0].replaceChildren(...shown.map(e => element('tr', { class: e.network === chosen ? 'chosen' : null },
      ...COLUMNS.map(one => (one.cell ? one.cell(e) : element('td', { class: one.number ? 'number' : null }, one.text(e)))))));
    if (held) {
      const again = [...target.querySelectorAll('[data-network]')].find(one => one.dataset.network === held);
      if (again) again.focus({ preventScroll: true });
    }
    const said = rows.length === run.evaluations.length ? plural(rows.length, 'evaluation')
      : grouped.format(rows.length) + ' of ' + plural(run.evaluations.length, 'evaluation');
    if ($('rows-said').textContent !== said) $('rows-said').textContent = said;
    $('page-said').textContent = rows.length ? (from + 1) + ' to ' + (from + shown.length) + ' of ' + grouped.format(rows.length) : 'none';
    $('page-first').disabled = $('page-before').disabled = view.page === 0;
    $('page-next').disabled = $('page-last').disabled = view.page >= pages - 1;
    view.pages = pages;
  }

  function sort(column) {
    view.descending = view.sort === column.id ? !view.descending : Boolean(column.number) && column.id !== 'job' && column.id !== 'start';
    view.sort = column.id;
    turn(0);
  }

  function turn(page) {
    view.page = page;
    showRows();
    remember();
  }

  /** Gives each gene with few values a filter: those that stay keep what is chosen. */
  function offerGenes() {
    const form = $('filters');
    const wanted = run.genes.filter(one => one.filtered);
    for (const label of form.querySelectorAll('label[data-gene]')) {
      if (!wanted.some(one => one.id === label.dataset.gene)) label.remove();
    }
    for (const one of wanted) {
      const id = 'filter-' + one.id;
      if (!$(id)) {
        form.querySelector('[type=reset]').before(element('label', { 'data-gene': one.id }, element('span'), ' ', element('select', { id, oninput: () => turn(0) })));
      }
      const select = $(id);
      select.previousElementSibling.textContent = capital(one.name);
      const options = [['', 'all'], ...one.groups.map(group => [group.label, group.label])];
      if (options.length !== select.options.length || options.some(([value], i) => select.options[i].value !== value)) {
        const before = select.value;
        select.replaceChildren(...options.map(([value, text]) => element('option', { value }, text)));
        pick(select, before);
      }
    }
  }

  /** Sets a control to what it was; a value that a list no longer has becomes all. */
  function pick(control, value) {
    if (typeof value !== 'string') return;
    control.value = value;
    if (control.options && control.selectedIndex < 0) control.value = '';
  }

  // ---------------------------------------------------------------- what the reader has done, after a reload

  const filters = () => [...$('filters').querySelectorAll('input, select')];
  const VIEW = 'cnn-evolution-view ' + location.pathname;
  let recalled = false;

  function remember() {
    try {
      sessionStorage.setItem(VIEW, JSON.stringify({ view, filters: Object.fromEntries(filters().map(one => [one.id, one.value])) }));
    } catch (e) {
      // A browser that stores nothing for files: a reload begins anew.
    }
  }

  /** Once, when the filters have their values. */
  function recall() {
    if (recalled) return;
    recalled = true;
    try {
      const kept = JSON.parse(sessionStorage.getItem(VIEW));
      if (!kept) return;
      for (const one of filters()) pick(one, kept.filters[one.id]);
      Object.assign(view, kept.view);
      if (!COLUMNS.some(one => one.id === view.sort)) view.sort = 'fitness';
    } catch (e) {
      // The same, or what another version has stored.
    }
  }

  // ---------------------------------------------------------------- about

  function showAbout(command, facts) {
    // A line breaks between options, not within one.
    $(command).replaceChildren(...data.command.split(/ (?=--)/).flatMap((word, i) => (i ? [' '] : []).concat(element('span', null, word))));
    $(facts).replaceChildren(...data.facts.map(([name, rows]) => element('div', null, element('h3', null, name),
      element('dl', null, ...rows.flatMap(([term, value]) => [element('dt', null, term), element('dd', null, typeof value === 'number' ? date(value) : value)])))));
  }

  // ---------------------------------------------------------------- comparison

  /** The groups of the chosen data set, each with one run of each seed. */
  function groups() {
    return data.groups.filter(group => group.dataSet === view.dataSet)
      .map(group => ({ label: group.label, runs: group.counted.map(i => data.runs[i]), repeats: group.runs.length - group.counted.length }));
  }

  /** Accuracies on different images do not belong on one axis: one data set is shown at a time. */
  function showDataSets() {
    if (!(view.dataSet < data.dataSets.length)) view.dataSet = 0;
    if (data.dataSets.length < 2 || $('data-set')) return;
    const select = element('select', { id: 'data-set', onchange: () => { view.dataSet = Number(select.value); showComparison(); } },
      ...data.dataSets.map((name, i) => element('option', { value: String(i) }, name)));
    $('compare-title').after(element('p', null, element('label', { for: 'data-set' }, 'data set '), select));
  }

  /** The best so far at a place, and null before the first. */
  function bestAt(steps, at, index) {
    let value = null;
    for (const stepped of steps) {
      if (stepped[at] > index) break;
      value = stepped[2] < 0 ? null : stepped[2];
    }
    return value;
  }

  function statistics(values) {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.length > 1 ? values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) : 0;
    return { mean, deviation: Math.sqrt(variance) };
  }

  function showBestSoFar(id, list, at, axisTitle, tick) {
    const looks = [['blue', [], 'line'], ['orange', [7, 3], 'dashed'], ['green', [2, 3], 'dotted'], ['purple', [], 'line'], ['grey', [7, 3], 'dashed']];
    const datasets = [];
    const summary = [];
    const ends = one => (at === 0 ? one.evaluations : one.seconds);
    const longest = Math.max(...list.flatMap(group => group.runs.map(ends)), at === 0 ? 1 : 0.001);
    list.forEach((group, g) => {
      const [name, dash] = looks[g % looks.length];
      const colour = colours[name];
      const until = Math.min(...group.runs.map(ends));
      const places = [];
      const count = at === 0 ? Math.min(200, until) : 200;
      for (let i = 1; i <= count; i++) places.push(i === count ? until : at === 0 ? Math.max(1, Math.round(until * i / count)) : until * i / count);
      const points = places.map(place => ({ place, values: group.runs.map(one => bestAt(one.steps, at, place)) }))
        .filter(point => point.values.every(value => value !== null))
        .map(point => ({ x: point.place, ...statistics(point.values), n: point.values.length }));
      const base = { pointRadius: 0, pointHoverRadius: 4, showLine: true };
      datasets.push({ ...base, label: group.label, data: points.map(p => ({ x: p.x, y: p.mean, p })), borderColor: colour, backgroundColor: colour, borderWidth: 2.8, borderDash: dash, stepped: 'before', order: 1, pointRadius: points.length === 1 ? 4 : 0 });
      if (group.runs.length > 1) {
        datasets.push({ ...base, label: 'spread', data: points.map(p => ({ x: p.x, y: p.mean + p.deviation })), fill: '+1', borderWidth: 0, backgroundColor: faded(colour, 0.18), order: 3, pointHoverRadius: 0 },
          { ...base, label: 'spread', data: points.map(p => ({ x: p.x, y: p.mean - p.deviation })), fill: false, borderWidth: 0, order: 3, pointHoverRadius: 0 });
        for (const one of group.runs) {
          const steps = one.steps.filter(stepped => stepped[2] >= 0).map(stepped => ({ x: stepped[at], y: stepped[2] }));
          if (steps.length) steps.push({ x: ends(one), y: steps[steps.length - 1].y });
          datasets.push({ ...base, label: one.name, data: steps, stepped: 'before', borderColor: faded(colour, 0.45), borderWidth: 1, order: 2, pointHoverRadius: 0 });
        }
      }
      if (points.length) summary.push({ group, last: points[points.length - 1], points, datasetIndex: datasets.findIndex(d => d.label === group.label) });
    });
    const top = summary.slice().sort((a, b) => b.last.mean - a.last.mean)[0];
    const text = (group, p) => group.label + ': ' + percent(p.mean) + (p.n > 1 ? ' ± ' + percent(p.deviation) : '');
    chart(id, {
      type: 'scatter', height: 360, datasets,
      options: {
        interaction: { mode: 'nearest', axis: 'x', intersect: false },
        scales: {
          x: axis(axisTitle, { type: 'linear', min: 0, max: longest, grid: { display: false }, ticks: Object.assign({ callback: value => tick(value, longest) }, at === 0 ? { precision: 0 } : { stepSize: clockStep(longest), includeBounds: false }) }),
          y: axis('best validation accuracy so far', shares)
        },
        tooltip: {
          filter: item => Boolean(item.raw.p),
          callbacks: {
            title: items => (items.length ? axisTitle + ' ' + tick(items[0].parsed.x, longest) : ''),
            label: item => text(list.find(group => group.label === item.dataset.label), item.raw.p)
          }
        }
      },
      said: !top ? 'No run has a result yet.' : summary.length === 1
        ? 'After ' + tick(top.last.x, longest) + (at === 0 ? ' evaluations' : '') + ': ' + percent(top.last.mean) + (top.last.n > 1 ? ' ± ' + percent(top.last.deviation) + ' over ' + top.last.n + ' runs' : '') + '.'
        : 'Highest at its end: ' + text(top.group, top.last) + '.',
      key: list.map((group, g) => key(looks[g % looks.length][2], colours[looks[g % looks.length][0]], joined(group.label) + ' (' + plural(group.runs.length, 'run') + ')'))
        .concat(list.some(group => group.runs.length > 1) ? [key('band', faded(colours.grey, 0.35), 'mean ± standard deviation')] : []),
      table: () => ({
        head: ['settings', { number: axisTitle }, { number: 'mean' }, { number: 'standard deviation' }, { number: 'runs' }],
        rows: summary.flatMap(one => one.points.filter((_, i) => i % Math.ceil(one.points.length / 20) === 0 || i === one.points.length - 1)
          .map(p => [one.group.label, tick(p.x, longest), percent(p.mean), p.n > 1 ? percent(p.deviation) : '', String(p.n)]))
      }),
      stops: summary.flatMap(one => one.points.map((p, index) => ({ elements: [{ datasetIndex: one.datasetIndex, index }], text: text(one.group, p) + ', ' + axisTitle + ' ' + tick(p.x, longest) })))
    });
  }

  const median = values => quantile(values.slice().sort((a, b) => a - b), 0.5);

  /** The highest accuracy that every run has reached; null if one has none. */
  function commonAccuracy(runs) {
    const bests = runs.map(one => one.best);
    return bests.length > 1 && bests.every(known) ? Math.min(...bests) : null;
  }

  /** Evaluations and active time to an accuracy, or to each run's best: medians over the runs that reach it. */
  function needed(runs, accuracy) {
    const steps = runs.map(one => one.steps.find(stepped => stepped[2] >= (accuracy ?? one.best ?? 2))).filter(Boolean);
    const text = (at, shown) => {
      const values = steps.map(stepped => stepped[at]);
      if (!values.length) return '';
      return shown(median(values)) + (values.length > 1 ? ' (' + shown(Math.min(...values)) + ' to ' + shown(Math.max(...values)) + ')' : '');
    };
    return [text(0, value => grouped.format(value)), text(1, duration)];
  }

  function showComparison() {
    showDataSets();
    const list = groups();
    const shown = list.flatMap(group => group.runs);
    const finished = shown.filter(one => one.best !== null);
    const best = finished.slice().sort((a, b) => b.best - a.best)[0];
    const means = list.map(group => group.runs.map(one => one.best).filter(value => value !== null)).filter(values => values.length).map(statistics);
    const all = means.sort((a, b) => b.mean - a.mean)[0];
    state('comparison');
    $('subtitle').textContent = data.dataSets[view.dataSet];
    tiles([
      ['Runs', String(shown.length), plural(list.length, 'group') + ' of settings'],
      ['Best validation accuracy', best ? percent(best.best) : 'none yet', best ? [best.name, best.network, worth(best.low, best.high, best.validationImages)].filter(Boolean).join(', ') : ''],
      [list.length > 1 ? 'Highest mean of a group' : 'Mean of the bests', all ? percent(all.mean) : '–', all && all.deviation ? '± ' + percent(all.deviation) : ''],
      ['Evaluations', grouped.format(shown.reduce((sum, one) => sum + one.evaluations, 0)), plural(shown.reduce((sum, one) => sum + one.failures, 0), 'failure')]
    ]);
    showBestSoFar('by-evaluations', list, 0, 'evaluations', value => grouped.format(Math.round(value)));
    showBestSoFar('by-time', list, 1, 'active time', clock);
    const common = commonAccuracy(shown);
    $('common-said').textContent = common === null ? '' : 'All of these runs reach ' + percent(common) + '. What they needed to that and to their best is the median of the runs, with the lowest and the highest.';
    table($('groups'), ['settings', { number: 'runs' }, { number: 'mean of the bests' }, { number: 'standard deviation' }, { number: 'lowest' }, { number: 'highest' }, { number: 'median' },
      { number: 'evaluations to the best' }, { number: 'active time to the best' }, ...(common === null ? [] : [{ number: 'evaluations to ' + percent(common) }, { number: 'active time to ' + percent(common) }])], list.map(group => {
      const values = group.runs.map(one => one.best).filter(value => value !== null);
      const s = values.length ? statistics(values) : null;
      return [group.label, String(group.runs.length) + (group.repeats ? ' and ' + plural(group.repeats, 'repeat') : ''), s ? percent(s.mean) : '', values.length > 1 ? percent(s.deviation) : '',
        s ? percent(Math.min(...values)) : '', s ? percent(Math.max(...values)) : '', s ? percent(median(values)) : '',
        ...needed(group.runs, null), ...(common === null ? [] : needed(group.runs, common))];
    }));
    table($('compared'), ['run', 'state', { number: 'seed' }, { number: 'generations' }, { number: 'evaluations' }, { number: 'failures' }, { number: 'best' }, '95 % interval', { number: 'images' }, 'network', { number: 'params' }, { number: 'active time' }],
      data.runs.map(one => [one.directory, one.state, one.options.seed || '', known(one.generationsDone) ? String(one.generationsDone) : '', grouped.format(one.evaluations), String(one.failures),
        one.best === null ? '' : percent(one.best), known(one.low) ? interval(one.low, one.high) : '', known(one.validationImages) ? grouped.format(one.validationImages) : '', one.network || '', one.parameters ? grouped.format(one.parameters) : '', duration(one.seconds)]));
  }

  // ---------------------------------------------------------------- one network, trained to the end

  function showSeeds(id, axisTitle, parts, text, upwards, said) {
    const epochs = Math.max(1, data.epochs, ...data.seeds.map(one => one.loss.length));
    const labels = Array.from({ length: epochs }, (_, i) => i + 1);
    const curves = data.seeds.flatMap((one, i) => parts.filter(part => one[part.name].length).map(part => ({
      label: 'seed ' + one.seed + ', ' + part.text, seed: one.seed, values: one[part.name], part,
      colour: blend(colours[part.colour], colours.grey, data.seeds.length > 1 ? 0.6 * i / (data.seeds.length - 1) : 0)
    })));
    const chance = upwards === accuracies ? chanceLine('y') : [];
    chart(id, {
      type: 'line', labels, height: 330,
      datasets: curves.map(one => line(one.label, one.values, one.colour, { borderDash: one.part.dash || [] })),
      options: {
        interaction: { mode: 'nearest', axis: 'xy', intersect: false },
        room: 112,
        guides: { chance, ends: curves.map((one, i) => ({ dataset: i, index: one.values.length - 1, text: one.part.text.replace('training loss', 'loss') + (data.seeds.length > 1 ? ', seed ' + one.seed : ''), colour: colours[one.part.colour] })) },
        scales: { x: axis('epoch', { grid: { display: false } }), y: upwards(axisTitle, curves.flatMap(one => one.values).concat(chance.map(one => one.value))) },
        tooltip: { callbacks: { title: items => items[0].dataset.label, label: item => 'epoch ' + item.label + ': ' + text(item.parsed.y) } }
      },
      said,
      key: parts.filter(part => curves.some(one => one.part === part)).map(part => key(part.dash ? 'dashed' : 'line', colours[part.colour], part.text)),
      table: () => ({
        head: ['curve', ...labels.map(n => ({ number: 'epoch ' + n }))],
        rows: curves.map(one => [one.label, ...one.values.map(text)])
      }),
      stops: curves.flatMap((one, i) => one.values.map((value, at) => ({
        elements: [{ datasetIndex: i, index: at }], text: one.label + ', epoch ' + (at + 1) + ', ' + text(value)
      })))
    });
  }

  const untested = () => (data.validates ? 'not measured: --validate' : data.testImages ? 'at the end' : 'no test images');

  /** The network, what its accuracies are worth, and what to do with it. */
  function showTrained() {
    const tested = data.mean !== null;
    const several = data.deviation !== null;
    $('best-title').textContent = data.state === 'finished' ? 'Trained network' : 'Network in training';
    $('best-name').replaceChildren(element('b', null, data.phenotype), ' ', element('span', null, short(data.parameters) + ' params · ' + short(data.flops) + ' FLOPs per image'));
    const figures = [figure(tested ? 'Test accuracy, measured once' : 'Test accuracy', tested ? percent(data.mean) : '–', !tested ? (data.validates || !data.testImages ? untested() : 'measured once, at the end')
      : several ? '± ' + percent(data.deviation) + ' over ' + plural(data.seeds.length, 'seed') + ', ' + plural(data.testImages, 'image') : worth(data.testLow, data.testHigh, data.testImages))];
    if (data.validates) {
      figures.unshift(figure('Validation accuracy', known(data.validation) ? percent(data.validation) : '–', known(data.validation) ? worth(data.validationLow, data.validationHigh, data.validationImages) : 'after the first epoch'));
    }
    $('best-figures').replaceChildren(...figures);
    showScale();
    $('best-said').replaceChildren(data.validates ? few(data.validationImages, 'validation') : tested ? few(data.testImages, 'test') : '');
    showNext();
    showLinks();
  }

  function showTraining() {
    $('training').insertBefore($('classes'), $('network'));
    showClasses();
    state(data.state);
    $('subtitle').textContent = [data.data, 'started ' + date(data.created)].join(' · ');
    const done = data.seeds.reduce((sum, one) => sum + one.loss.length, 0);
    const asked = data.epochs * Math.max(1, data.seeds.length);
    const latest = name => data.seeds.map(one => one[name][one[name].length - 1]).filter(value => value !== undefined);
    const mean = values => values.reduce((sum, one) => sum + one, 0) / values.length;
    const latestLosses = latest('loss');
    showTrained();
    tiles([
      ['Training accuracy', latestLosses.length ? percent(mean(latest('training'))) : '–', 'of the latest epoch, on augmented images'],
      ['Epochs', done + ' of ' + asked, plural(data.seeds.length, 'seed')],
      ['Params', short(data.parameters), data.phenotype],
      ['FLOPs per image', short(data.flops), 'of the forward pass']
    ]);
    showSeeds('training-accuracy', 'accuracy', [{ name: 'training', text: 'training', colour: 'blue' }, { name: 'validation', text: 'validation', colour: 'orange', dash: [6, 4] }], percent, accuracies,
      latestLosses.length ? 'The latest epoch ends at ' + percent(mean(latest('training'))) + ' on augmented training images'
        + (latest('validation').length ? ' and ' + percent(mean(latest('validation'))) + ' on the validation images.' : '.') : 'No epoch has ended yet.');
    showSeeds('training-loss', 'loss', [{ name: 'loss', text: 'training loss', colour: 'blue' }], value => value.toFixed(4), losses,
      latestLosses.length ? 'The latest epoch ends at ' + mean(latestLosses).toFixed(4) + ', label smoothing included.' : 'No epoch has ended yet.');
    const kind = data.validates ? 'validation' : 'test';
    table($('trained'), ['seed', { number: 'epochs' }, { number: 'loss' }, { number: 'training' }, { number: 'test' }, ...(data.validates ? [{ number: 'validation' }] : []), '95 % interval', { number: kind + ' images' }],
      data.seeds.map(one => [one.seed, String(one.loss.length),
        one.loss.length ? one.loss[one.loss.length - 1].toFixed(4) : '',
        one.training.length ? percent(one.training[one.training.length - 1]) : '',
        one.error ? element('td', { class: 'number bad' }, 'failed: ' + one.error) : one.test === null ? untested() : percent(one.test),
        ...(data.validates ? [one.validation.length ? percent(one.validation[one.validation.length - 1]) : ''] : []),
        known(one[kind + 'Low']) ? interval(one[kind + 'Low'], one[kind + 'High']) : '', grouped.format(data[kind + 'Images'])]));
    $('network-said').replaceChildren('Chromosome ', element('span', { class: 'bits' }, data.bits), ' · ' + data.phenotype + ' · '
      + grouped.format(data.parameters) + ' params · ' + short(data.flops) + ' FLOPs per image');
    const network = { layers: data.layers.map(layer), inputs: inputs(data.layers.length, data.links) };
    const graph = !isChain(network);
    table($('network-layers'), ['name', 'layer', ...(graph ? ['reads'] : []), { number: 'input' }, { number: 'output' }, { number: 'parameters' }],
      network.layers.map((one, i) => [one.name, one.text, ...(graph ? [readCell(network, i)] : []),
        one.input.map(shape).join(', '), shape(one.output), one.parameters ? grouped.format(one.parameters) : '']));
  }

  // ---------------------------------------------------------------- together

  /** Draws a document, in place of what was there before. */
  function render(document_) {
    data = document_;
    readColours();
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    head();
    const comparison = data.kind === 'comparison';
    const training = data.kind === 'training';
    $('run').hidden = comparison || training;
    $('comparison').hidden = !comparison;
    $('training').hidden = !training;
    $('best').hidden = comparison;
    if (training) {
      showTraining();
      sections([['learning', 'Curves'], ['seeds', 'Seeds'], ['classes', 'Classes'], ['network', 'Network'], ['made-by', 'Training']]);
      showAbout('training-command', 'training-facts');
      return;
    }
    if (comparison) {
      sections([['compare', 'Best so far'], ['settings', 'Settings'], ['runs', 'Runs']]);
      showComparison();
      return;
    }
    run = understand();
    $('genes').hidden = !run.genes.length || !run.evaluations.length;
    $('networks').hidden = !run.evaluations.length;
    $('workers').hidden = !run.timeline.lanes.length;
    $('predictions').hidden = !(data.search && data.search.predictions && data.search.predictions.length);
    offerGenes();
    showFailures();
    recall();
    showHead();
    showProgress();
    showScatter('parameters', 'params');
    showScatter('flops', 'FLOPs per image');
    showClasses();
    sections([['progress', 'Progress'], ['networks', 'Networks'], ['predictions', 'Predictions'], ['classes', 'Classes'], ['genes', 'Genes'], ['failures', 'Failures'], ['workers', 'Workers'], ['evaluations', 'Evaluations'], ['about', 'Run']]);
    showObjectives();
    showFront();
    showCurves();
    showArchitecture();
    showLineage();
    showPredictions();
    showGenes();
    showTimeline();
    showRows();
    showAbout('command', 'facts');
  }

  const again = () => data && render(data);

  const THEMES = ['system', 'light', 'dark'];

  function theme(name) {
    if (name === 'system') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', name);
    $('theme').textContent = 'Theme: ' + name;
    try {
      localStorage.setItem('cnn-evolution-theme', name);
    } catch (e) {
      // A browser that stores nothing for files: the choice holds as long as the page is open.
    }
    again();
  }

  function stored() {
    try {
      return localStorage.getItem('cnn-evolution-theme');
    } catch (e) {
      return null;
    }
  }

  $('theme').addEventListener('click', () => {
    const now = root.getAttribute('data-theme') || 'system';
    theme(THEMES[(THEMES.indexOf(now) + 1) % THEMES.length]);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
  for (const what of ['accuracy', 'loss']) {
    $('curves-' + what).addEventListener('click', () => {
      view.curves = what;
      showCurves();
      remember();
    });
  }
  $('show-best').addEventListener('click', () => { choose(null, false); $('architecture').focus({ preventScroll: true }); });
  for (const one of filters()) one.addEventListener('input', () => turn(0));
  $('filters').addEventListener('submit', event => event.preventDefault());
  $('filters').addEventListener('reset', () => setTimeout(() => turn(0)));
  $('page-first').addEventListener('click', () => turn(0));
  $('page-before').addEventListener('click', () => turn(view.page - 1));
  $('page-next').addEventListener('click', () => turn(view.page + 1));
  $('page-last').addEventListener('click', () => turn(view.pages - 1));
  for (const start of ['', 'training-']) $(start + 'copy').addEventListener('click', () => copy($(start + 'command'), $(start + 'copy')));
  for (const order of ['arrived', 'proposed']) {
    $('order-' + order).addEventListener('click', () => {
      view.order = order;
      remember();
      showProgress();
    });
  }
  for (const [id, size] of [['matrix-groups', 'groups'], ['matrix-all', 'classes']]) {
    $(id).addEventListener('click', () => {
      view.matrix = size;
      showClasses();
      if (data.kind === 'run') remember();
    });
  }
  $('matrix-details').addEventListener('toggle', () => $('matrix-details').open && fillMatrix());
  function menu(open) {
    $('sections').classList.toggle('open', open);
    $('menu').setAttribute('aria-expanded', String(open));
  }
  $('menu').addEventListener('click', () => menu($('menu').getAttribute('aria-expanded') !== 'true'));
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && $('menu').getAttribute('aria-expanded') === 'true') {
      menu(false);
      $('menu').focus();
    }
  });
  let drawnWidth = innerWidth;
  addEventListener('resize', () => {
    // The scale of the best and the texts of the curves are made for a width.
    if (drawnWidth === innerWidth || !data || data.kind === 'comparison') return;
    drawnWidth = innerWidth;
    if (data.kind === 'training' || run.best) showScale();
    if (data.kind === 'run') showCurves();
  });

  window.cnnEvolution = Object.freeze({ render });
  const before = stored();
  if (before && THEMES.includes(before)) theme(before);
  const inside = $('data');
  if (inside) render(JSON.parse(inside.textContent));
})();
