internal import MartletHTTP

/// What of a light's page never changes: less than 16 KiB, and nothing from anywhere else.
extension LightSite where Memory: ~Copyable {
  static var policy: Literal {
    """
    Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; \
    img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'\r
    X-Content-Type-Options: nosniff\r
    Cache-Control: no-store\r

    """
  }

  static var neverKept: Literal { "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n" }

  static var kept: Literal { "X-Content-Type-Options: nosniff\r\nCache-Control: max-age=60\r\n" }

  static func text(_ part: Part) -> Literal {
    switch part {
    case .top: top
    case .rest: rest
    case .style: style
    case .script: script
    case .icon: icon
    case .name, .state: ""
    }
  }

  private static var top: Literal {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark"><title>Light</title>
    <link rel="icon" href="/light.svg"><link rel="stylesheet" href="/light.css">
    <script src="/light.js" type="module"></script></head>
    <body><main><h1>
    """
  }

  private static var rest: Literal {
    """
    </h1>
    <p id="lost" role="alert" hidden>The light does not answer. What you see may be old.</p>
    <svg id="lamp" viewBox="0 0 10 3" preserveAspectRatio="none" aria-hidden="true">\
    <rect width="10" height="3" fill="#000"/></svg>
    <p id="state" role="status">Asking the light …</p>
    <noscript><p>This page speaks to its light in JSON and needs its script. Without one, use the hub.</p>\
    </noscript>
    <div class="row power"><button class="main" data-send='{"state":"ON"}'>On</button>\
    <button data-send='{"state":"OFF"}'>Off</button></div>
    <div class="cards">
    <section aria-labelledby="colour"><h2 id="colour">Colour</h2>\
    <label><span>Colour</span><input type="color" id="color" value="#ffffff"></label>\
    <label><span>Brightness</span><input type="range" id="brightness" min="1" max="255"></label>\
    <div class="row">\
    <button data-send='{"state":"ON","color":{"r":255,"g":176,"b":96}}'>Warm</button>\
    <button data-send='{"state":"ON","color":{"r":255,"g":255,"b":255}}'>White</button>\
    <button data-send='{"state":"ON","color":{"r":255,"g":32,"b":16}}'>Red</button>\
    <button data-send='{"state":"ON","color":{"r":32,"g":96,"b":255}}'>Blue</button></div></section>
    <section aria-labelledby="moves"><h2 id="moves">By itself</h2><div class="row" id="effects">\
    <button data-send='{"effect":"none"}' data-effect="none">Rest</button>\
    <button data-send='{"state":"ON","effect":"fade"}' data-effect="fade">Fade</button>\
    <button data-send='{"state":"ON","effect":"breathe"}' data-effect="breathe">Breathe</button>\
    <button data-send='{"state":"ON","effect":"sunrise"}' data-effect="sunrise">Sunrise</button></div>\
    <label><span>Changes take</span><select id="transition"><option value="0">no time</option>\
    <option value="0.4" selected>0.4 s</option><option value="2">2 s</option>\
    <option value="10">10 s</option><option value="60">a minute</option></select></label></section>
    <section aria-labelledby="presets"><h2 id="presets">Presets</h2>\
    <label><span>Preset</span><select id="preset"><option>1</option><option>2</option>\
    <option>3</option><option>4</option><option>5</option><option>6</option><option>7</option>\
    <option>8</option></select></label><div class="row"><button id="use" class="main">Use it</button>\
    <button id="keep">Keep what is shown in it</button></div>\
    <label><span>When power comes</span><select id="power-up"><option value="">as it is set</option>\
    <option value="last">as it was</option><option value="off">off</option>\
    <option value="preset">this preset</option></select></label></section>
    </div><p class="soft">This page comes from the light itself. Anyone on its network can open it.</p>
    </main></body></html>

    """
  }

  private static var style: Literal {
    """
    :root{color-scheme:light dark;--page:#f4f6f4;--card:#fff;--ink:#17231c;--soft:#4d5b53;\
    --line:#c9d3cc;--leaf:#176b3f;--leaf-ink:#fff}
    @media(prefers-color-scheme:dark){:root{--page:#101613;--card:#1a231e;--ink:#eaf2ec;\
    --soft:#a9b8ae;--line:#36443b;--leaf:#7fd6a2;--leaf-ink:#06210f}}
    *{box-sizing:border-box}
    html{font:100%/1.5 system-ui,sans-serif;background:var(--page);color:var(--ink)}
    body{margin:0}main{max-width:60rem;margin:0 auto;padding:1rem}
    h1{font-size:1.6rem;margin:.2rem 0 .6rem;overflow-wrap:anywhere}h2{font-size:1.1rem;margin:0 0 .5rem}
    #lamp{display:block;width:100%;height:7rem;border:1px solid var(--line);border-radius:16px}
    #state{font-size:1.3rem;font-weight:600;margin:.6rem 0}
    #lost{border:2px solid currentColor;border-radius:12px;padding:.6rem .9rem}
    .cards{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr))}
    section{background:var(--card);border:1px solid var(--line);border-radius:16px;padding:1rem}
    .row{display:flex;flex-wrap:wrap;gap:.5rem;margin:.5rem 0}
    button,select,input{font:inherit;color:var(--ink);min-height:44px}
    button{min-width:44px;padding:.4rem .9rem;border:1px solid var(--line);border-radius:12px;\
    background:var(--page);cursor:pointer}
    button.main{background:var(--leaf);border-color:var(--leaf);color:var(--leaf-ink);font-weight:600}
    .power{margin:0 0 1rem}.power button{flex:1;max-width:12rem;min-height:52px}
    button[aria-pressed=true]{border-color:var(--leaf);border-width:3px}
    label{display:block;margin:.5rem 0}label span{display:block;font-size:.9rem;color:var(--soft)}
    input{width:100%;accent-color:var(--leaf)}input[type=color]{height:3.2rem;padding:.2rem;\
    border:1px solid var(--soft);border-radius:10px;background:var(--card)}
    select{padding:.3rem .6rem;border:1px solid var(--soft);border-radius:10px;background:var(--card);\
    max-width:100%}
    :focus-visible{outline:3px solid var(--leaf);outline-offset:2px}.soft{color:var(--soft)}

    """
  }

  private static var script: Literal {
    """
    const $ = (id) => document.getElementById(id);
    const hex = (c) => '#' + [c.r, c.g, c.b].map((n) => n.toString(16).padStart(2, '0')).join('');
    let touched = 0;
    function show(s) {
      const on = s.state === 'ON', color = hex(s.color), k = s.brightness / 255;
      const dim = on ? hex({ r: Math.round(s.color.r * k), g: Math.round(s.color.g * k),
        b: Math.round(s.color.b * k) }) : '#000000';
      $('lamp').firstElementChild.setAttribute('fill', dim);
      const effect = s.effect === 'none' ? '' : `, ${s.effect}`;
      const text = on ? `On, ${color}, ${Math.round(100 * k)} %${effect}` : 'Off';
      if ($('state').textContent !== text) $('state').textContent = text;
      if (Date.now() - touched > 1000) { $('color').value = color; $('brightness').value = s.brightness; }
      for (const b of document.querySelectorAll('[data-effect]'))
        b.setAttribute('aria-pressed', b.dataset.effect === s.effect);
      $('lost').hidden = true;
    }
    async function ask(command) {
      try {
        const options = command && { method: 'POST', body: JSON.stringify(command),
          headers: { 'content-type': 'application/json' } };
        const answer = await fetch('/light', options);
        if (!answer.ok) throw new Error(answer.status);
        show(await answer.json());
      } catch { $('lost').hidden = false; }
    }
    const send = (command) => ask({ transition: Number($('transition').value), ...command });
    for (const b of document.querySelectorAll('[data-send]'))
      b.addEventListener('click', () => send(JSON.parse(b.dataset.send)));
    let timer = null;
    function slide() {
      touched = Date.now();
      timer ??= setTimeout(() => {
        timer = null;
        const n = parseInt($('color').value.slice(1), 16);
        ask({ state: 'ON', color: { r: n >> 16, g: n >> 8 & 255, b: n & 255 },
          brightness: Number($('brightness').value), transition: 0.1 });
      }, 60);
    }
    $('color').addEventListener('input', slide);
    $('brightness').addEventListener('input', slide);
    const preset = () => Number($('preset').value);
    $('use').addEventListener('click', () => send({ preset: preset() }));
    $('keep').addEventListener('click', () => send({ save: preset() }));
    $('power-up').addEventListener('change', (event) => {
      const value = event.target.value;
      if (value) send({ power_up: value === 'preset' ? preset() : value });
    });
    ask();
    setInterval(() => { if (!document.hidden && !timer) ask(); }, 2000);
    document.addEventListener('visibilitychange', () => { if (!document.hidden) ask(); });

    """
  }

  private static var icon: Literal {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#d89b00" \
    d="M16 2a10 10 0 0 0-6 18v4h12v-4a10 10 0 0 0-6-18zM11 26h10v4H11z"/></svg>

    """
  }
}
