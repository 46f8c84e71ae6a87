/// How pages look: one sheet, light and dark, from 320 px on.
enum Style {
  static let sheet = """
    :root { color-scheme: light dark; --page: #f4f6f4; --card: #fff; --ink: #17231c; --soft: #4d5b53;
      --line: #c9d3cc; --leaf: #176b3f; --leaf-ink: #fff; --water: #0b62a8; --water-soft: #e2effa;
      --warn: #8a4b00; --warn-soft: #fdf0dc; --stop: #b3121d; --radius: 16px; }
    @media (prefers-color-scheme: dark) { :root { --page: #101613; --card: #1a231e; --ink: #eaf2ec;
      --soft: #a9b8ae; --line: #36443b; --leaf: #7fd6a2; --leaf-ink: #06210f; --water: #8cc8ff;
      --water-soft: #14293b; --warn: #ffc470; --warn-soft: #35260f; --stop: #c71f2b; } }
    * { box-sizing: border-box; }
    html { font: 100%/1.5 system-ui, sans-serif; background: var(--page); color: var(--ink); }
    body { margin: 0; padding-bottom: 7rem; }
    a { color: var(--water); }
    h1 { font-size: 1.6rem; line-height: 1.2; margin: 1.2rem 0 .8rem; }
    h2 { font-size: 1.15rem; margin: 0; } h3 { font-size: 1rem; margin: 1rem 0 .3rem; }
    p { margin: .4rem 0; } .soft { color: var(--soft); }
    main, .bar > div { max-width: 62rem; margin: 0 auto; padding: 0 1rem; }
    .skip { position: absolute; left: -100vw; } .skip:focus { left: 1rem; top: .5rem; z-index: 3;
      background: var(--card); padding: .7rem 1rem; border-radius: 8px; }
    .bar { background: var(--card); border-bottom: 1px solid var(--line); }
    .bar > div { display: flex; flex-wrap: wrap; align-items: center; gap: 0 1.2rem; }
    .brand { font-weight: 700; font-size: 1.1rem; text-decoration: none; color: var(--leaf);
      padding: .7rem 0; display: inline-flex; gap: .5rem; align-items: center; min-height: 44px; }
    nav ul { list-style: none; display: flex; flex-wrap: wrap; margin: 0; padding: 0; }
    nav a { display: inline-flex; align-items: center; min-height: 44px; padding: 0 .65rem;
      text-decoration: none; color: var(--ink); border-bottom: 3px solid transparent; }
    nav a[aria-current] { border-color: var(--leaf); font-weight: 600; }
    nav a:hover { border-color: var(--line); }
    .grid { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); }
    ul.grid { list-style: none; margin: 0 0 1rem; padding: 0; }
    .card { background: var(--card); border: 1px solid var(--line); border-radius: var(--radius);
      padding: 1rem; margin: 0 0 1rem; overflow-wrap: anywhere; } .grid .card { margin: 0; }
    .card > header { display: flex; justify-content: space-between; gap: .5rem; align-items: center; }
    .on { border-color: var(--water); background: var(--water-soft); }
    .warn { border-color: var(--warn); background: var(--warn-soft); }
    .state { font-size: 1.35rem; font-weight: 600; margin: .3rem 0 .7rem; }
    .on .state { color: var(--water); }
    .tag { font-size: .85rem; border: 1px solid var(--line); border-radius: 99px; padding: .1rem .6rem;
      white-space: nowrap; } .tag.good { border-color: var(--leaf); color: var(--leaf); }
    .tag.bad { border-color: var(--warn); color: var(--warn); }
    form { margin: .5rem 0; }
    .row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; }
    button, .button { font: inherit; min-height: 44px; min-width: 44px; padding: .4rem .9rem;
      border-radius: 12px; border: 1px solid var(--line); background: var(--page); color: var(--ink);
      cursor: pointer; text-decoration: none; display: inline-flex; align-items: center; justify-content: center; }
    button:hover { border-color: var(--ink); }
    button.main { background: var(--leaf); border-color: var(--leaf); color: var(--leaf-ink); font-weight: 600; }
    :focus-visible { outline: 3px solid var(--water); outline-offset: 2px; }
    input, select { font: inherit; min-height: 44px; padding: .3rem .6rem; border-radius: 10px;
      border: 1px solid var(--soft); background: var(--card); color: var(--ink); max-width: 100%; }
    input[type=number] { width: 6.5rem; } input[type=range] { width: 100%; padding: 0; accent-color: var(--leaf); }
    input.code { font-family: ui-monospace, monospace; width: 15rem; text-transform: uppercase; }
    input[type=color] { width: 100%; height: 3.2rem; padding: .25rem; } input[type=checkbox] { min-height: 1.4rem; width: 1.4rem; }
    label { display: block; } label > span { display: block; font-size: .9rem; color: var(--soft); }
    fieldset { border: 1px solid var(--line); border-radius: 12px; margin: .6rem 0; padding: .6rem .8rem; }
    .days { display: flex; flex-wrap: wrap; gap: .2rem .9rem; } .days label { display: flex; gap: .4rem;
      align-items: center; min-height: 44px; }
    .stopbar { position: fixed; inset: auto 0 0 0; padding: .7rem 1rem calc(.7rem + env(safe-area-inset-bottom));
      background: color-mix(in srgb, var(--page) 88%, transparent); border-top: 1px solid var(--line); z-index: 2; }
    .stopbar form { max-width: 60rem; margin: 0 auto; }
    .stop { width: 100%; min-height: 64px; font-size: 1.25rem; font-weight: 700; background: var(--stop);
      border-color: var(--stop); color: #fff; border-radius: 18px; }
    progress { width: 100%; height: .8rem; accent-color: var(--water); }
    .scroll { overflow-x: auto; } .latest { direction: rtl; } .latest > * { direction: ltr; }
    table { border-collapse: collapse; width: 100%; overflow-wrap: normal; }
    th, td { text-align: left; padding: .45rem .7rem .45rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
    svg { max-width: 100%; height: auto; display: block; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
    svg .v0 { fill: #0b62a8; } svg .v1 { fill: #2f9e68; } svg .v2 { fill: #c77700; } svg .v3 { fill: #9a4fb5; }
    svg.wide { min-width: 34rem; } svg.lane { width: 100%; height: .9rem; border-radius: 4px; }
    p.lane { margin: .6rem 0 .1rem; } .hours { display: flex; justify-content: space-between;
      font-size: .85rem; color: var(--soft); }
    svg .none { fill: var(--line); } summary { min-height: 44px; padding: .6rem 0; cursor: pointer; }
    .swatch { display: block; height: 3rem; width: 100%; border: 1px solid var(--line); border-radius: 12px; }
    .offline { display: none; } .lost .offline { display: block; }
    .lost button:not(.stop) { opacity: .45; pointer-events: none; }
    @media (prefers-reduced-motion: no-preference) { .card { transition: background .3s, border-color .3s; } }

    """
}
