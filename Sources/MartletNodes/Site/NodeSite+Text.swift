internal import MartletHTTP

/// What of the site never changes. The page works without its script, and asks nobody else for
/// anything.
extension NodeSite {
  /// The text of a part that has one; empty for the others.
  static func text(_ part: Part) -> Literal {
    switch part {
    case .top: top
    case .middle: middle
    case .bottom: bottom
    case .style: style
    case .script: script
    case .icon: icon
    case .identity, .facts, .json, .jsonFacts, .bytes: ""
    }
  }

  private static var top: Literal {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Martlet node</title>
    <link rel="icon" href="/martlet.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/style.css">
    <script src="/live.js" defer></script>
    </head>
    <body>
    <header>
    <img src="/martlet.svg" alt="" width="56" height="56">

    """
  }

  private static var middle: Literal {
    """
    </header>
    <main>
    <h1>This page was carried by a TCP/IP stack written in Swift.</h1>
    <p class="lead">The node that answered you has a network card, an Ethernet address and an IP \
    address of its own. No socket of an operating system served this page: ARP found the node, IPv4 \
    and TCP brought your request, and the answer went back the same way, each byte checked by \
    memory-safe code.</p>

    <section aria-labelledby="way">
    <h2 id="way">The way it came</h2>
    <ol class="way">
    <li><b>Your browser</b><span>asks for <code>/</code> over HTTP/1.1</span></li>
    <li><b>The wire</b><span>carries Ethernet frames: a real one, a TAP device, or a \
    segment in memory behind a port of localhost</span></li>
    <li><b>ARP</b><span>tells the card's address, and keeps watch that nobody else claims it</span></li>
    <li><b>IPv4</b><span>checks, routes, and joins fragments within a budget</span></li>
    <li><b>TCP</b><span>SACK, RACK, CUBIC, timestamps: loses nothing, floods nobody</span></li>
    <li><b>This node</b><span>answers when there is room for the answer, and not before</span></li>
    </ol>
    </section>

    <section aria-labelledby="live">
    <h2 id="live">What this node counts <span id="state">as of this request</span></h2>
    <svg id="graph" viewBox="0 0 240 48" preserveAspectRatio="none" role="img" \
    aria-label="Frames each second" hidden><polyline points=""/></svg>
    <p id="rate" hidden></p>
    <div class="facts">

    """
  }

  private static var bottom: Literal {
    """
    </div>
    <noscript><p>Scripts are off: reload to see the numbers move.</p></noscript>
    </section>

    <section aria-labelledby="try">
    <h2 id="try">Try it</h2>
    <dl class="try">
    <dt><a href="/counters.json"><code>/counters.json</code></a></dt>
    <dd>the same numbers for a program</dd>
    <dt><a href="/bytes/1000000"><code>/bytes/1000000</code></a></dt>
    <dd>a million bytes, or any other number</dd>
    <dt>TCP and UDP port 7</dt><dd>echo: says what you say</dd>
    <dt>TCP port 9</dt><dd>discard: listens and is silent</dd>
    <dt>TCP port 13</dt><dd>daytime: the date, then goodbye</dd>
    <dt>TCP port 19</dt><dd>chargen: talks for as long as you listen</dd>
    </dl>
    <p class="note">The ports are those of the address at the top of this page.</p>
    </section>
    </main>
    <footer>Martlet: a network that needs no ground. This page fetches nothing from anywhere \
    else.</footer>
    </body>
    </html>

    """
  }

  private static var style: Literal {
    """
    :root {
      color-scheme: light dark;
      --ground: #f6f8f9; --card: #fff; --ink: #16222b; --soft: #53646f; --line: #d8e0e5;
      --accent: #00677f; --flash: #bfe6ee;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #0f171c; --card: #17232a; --ink: #e3ecf0; --soft: #9db0ba; --line: #2a3a43;
        --accent: #5cc8de; --flash: #1d4b58;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; padding: 1rem; max-width: 62rem; background: var(--ground); color: var(--ink);
      font: 1rem/1.55 system-ui, sans-serif;
    }
    header { display: flex; gap: .8rem; align-items: center; }
    header img { flex: none; }
    .who { margin: 0; line-height: 1.3; }
    .who strong { display: block; font-size: 1.25rem; }
    .who span { color: var(--soft); font: .85rem ui-monospace, monospace; margin-right: .6rem; }
    h1 { font-size: clamp(1.5rem, 5vw, 2.3rem); line-height: 1.2; margin: 1.4rem 0 .8rem; }
    h2 { font-size: 1.2rem; margin: 2.2rem 0 .8rem; }
    .lead { font-size: 1.06rem; max-width: 44rem; }
    code { font: .92em ui-monospace, monospace; }
    a { color: var(--accent); }
    .way { list-style: none; margin: 0; padding: 0; display: grid; gap: .6rem; counter-reset: step; }
    .way li {
      counter-increment: step; position: relative; background: var(--card);
      border: 1px solid var(--line); border-radius: .6rem; padding: .6rem .8rem .6rem 2.9rem;
    }
    .way li::before {
      content: counter(step); position: absolute; left: .8rem; top: .7rem; width: 1.4rem;
      height: 1.4rem; border-radius: 50%; background: var(--accent); color: var(--ground);
      font-size: .85rem; font-weight: 700; line-height: 1.4rem; text-align: center;
    }
    .way b { display: block; }
    .way span { display: block; color: var(--soft); font-size: .93rem; line-height: 1.4; }
    #state { font-size: .8rem; font-weight: 400; color: var(--soft); margin-left: .5rem; }
    #state.live { color: var(--accent); }
    #state.live::before { content: "\\25CF\\A0"; }
    #graph { display: block; width: 100%; height: 3.5rem; border-bottom: 1px solid var(--line); }
    #graph[hidden] { display: none; }
    #graph polyline {
      fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke;
    }
    #rate, .note { margin: .3rem 0 1rem; color: var(--soft); font-size: .85rem; }
    .facts {
      display: grid; gap: 1rem;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr));
    }
    table {
      border-collapse: collapse; width: 100%; background: var(--card); border-radius: .6rem;
      box-shadow: 0 0 0 1px var(--line);
    }
    caption { text-align: left; font-weight: 600; padding: 0 0 .35rem; }
    th { font-weight: 400; text-align: left; padding: .3rem .8rem; color: var(--soft); }
    td {
      text-align: right; padding: .3rem .8rem; font-variant-numeric: tabular-nums;
      transition: background-color .8s;
    }
    td.new { background: var(--flash); border-radius: .4rem; transition: none; }
    tr + tr > * { border-top: 1px solid var(--line); }
    .try { display: grid; gap: .2rem .9rem; margin: 0; }
    .try dd { margin: 0 0 .5rem; color: var(--soft); }
    footer {
      margin-top: 2.5rem; padding-top: .8rem; border-top: 1px solid var(--line);
      color: var(--soft); font-size: .9rem;
    }
    @media (min-width: 44rem) {
      body { padding: 1.6rem 2rem; }
      .way { grid-template-columns: repeat(3, 1fr); }
      .try { grid-template-columns: max-content 1fr; }
      .try dd { margin: 0; }
    }
    @media (prefers-reduced-motion: reduce) { td { transition: none; } }

    """
  }

  private static var script: Literal {
    """
    // Keeps the numbers fresh: one request a second, while somebody looks.
    const state = document.getElementById('state');
    const graph = document.getElementById('graph');
    const rate = document.getElementById('rate');
    const cells = new Map();
    for (const cell of document.querySelectorAll('[data-key]')) cells.set(cell.dataset.key, cell);
    const rates = [];
    let last = null;

    function show(counters) {
      for (const [key, cell] of cells) {
        const text = String(counters[key]);
        if (cell.textContent === text) continue;
        cell.textContent = text;
        if (key === 'uptimeSeconds') continue;
        cell.classList.add('new');
        setTimeout(() => cell.classList.remove('new'), 300);
      }
    }

    function draw(counters, now) {
      const frames = counters.inFrames + counters.outFrames;
      if (last && frames >= last.frames && now > last.now) {
        rates.push((frames - last.frames) * 1000 / (now - last.now));
        if (rates.length > 60) rates.shift();
        const top = Math.max(8, ...rates);
        const points = rates.map((rate, index) =>
          (240 - (rates.length - 1 - index) * 4) + ',' + (46 - 44 * rate / top).toFixed(1));
        graph.firstElementChild.setAttribute('points', points.join(' '));
        rate.textContent = Math.round(rates[rates.length - 1]) + ' frames each second';
        graph.removeAttribute('hidden');
        rate.hidden = false;
      }
      last = { frames, now };
    }

    async function look() {
      if (!document.hidden) {
        try {
          const signal = AbortSignal.timeout ? AbortSignal.timeout(5000) : undefined;
          const response = await fetch('/counters.json', { cache: 'no-store', signal });
          if (!response.ok) throw new Error(response.status);
          const counters = await response.json();
          show(counters);
          draw(counters, performance.now());
          state.textContent = 'live';
          state.className = 'live';
        } catch (error) {
          last = null;
          state.textContent = 'the node does not answer';
          state.className = '';
        }
      }
      setTimeout(look, 1000);
    }
    look();

    """
  }

  private static var icon: Literal {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
    <rect width="64" height="64" rx="14" fill="#00677f"/>
    <path fill="#f6f8f9" d="M6 20c10-3 19 0 24 8 2-1 4-1 6 0 4-9 12-15 23-16-9 6-14 13-16 22 \
    0 7-4 12-9 15l2 9-6-6-7 5 3-9c-4-4-5-9-3-14C18 27 12 22 6 20z"/>
    </svg>

    """
  }
}
