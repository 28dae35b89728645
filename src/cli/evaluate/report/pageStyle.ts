/** Of the page, which stands alone; colours as on the app’s own page. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #f6f7f7; --surface: #fff; --ink: #16211f; --soft: #52605d; --line: #d5dcda;
  --accent: #0b6e69; --tint: #e3f1ef; --wrong: #a3231f;
  --c0: #0b6e69; --c1: #b3470b; --c2: #5b4bb5; --c3: #a0195e; --c4: #1d62b0; --c5: #6b6400;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
@media (prefers-color-scheme: dark) { :root { --ground: #101615; --surface: #182120; --ink: #e8eeec; --soft: #a5b3b0;
  --line: #2c3937; --accent: #5bc8bf; --tint: #173532; --wrong: #ff9d95;
  --c0: #5bc8bf; --c1: #ffa566; --c2: #b3a6ff; --c3: #ff8fc0; --c4: #7fb8ff; --c5: #ddd060; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); }
main { max-width: 1180px; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { margin: 0 0 0.25rem; font-size: 1.7rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.3rem; overflow-wrap: anywhere; }
h3 { margin: 2rem 0 0.5rem; font-size: 1.05rem; }
p { margin: 0.5rem 0; max-width: 75ch; } p, .notes { overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(9rem, 100%), 1fr)); gap: 1rem; margin: 1.25rem 0; padding: 0; list-style: none; }
.cards li, .plot, .gallery li, .notes { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; }
.cards li { padding: 1rem 1.1rem; }
.cards strong { display: block; font-size: 1.8rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.notes { margin: 1rem 0; padding: 0.75rem 1.1rem 0.75rem 2.2rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 1rem; }
.plot { margin: 0; padding: 0.9rem 0.9rem 0.6rem; }
.plot figcaption { font-weight: 600; margin-bottom: 0.4rem; }
.plot > svg { display: block; width: 100%; height: auto; }
.plot text { fill: var(--soft); font-size: 11.5px; font-variant-numeric: tabular-nums; }
.grid { stroke: var(--line); fill: none; }
.same, .mark { stroke: var(--soft); stroke-dasharray: 4 4; fill: none; }
.line { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
.span { stroke: var(--c0); stroke-width: 2; opacity: 0.55; }
circle { fill: var(--c0); }
${[0, 1, 2, 3, 4, 5].map((index) => `.c${index} { stroke: var(--c${index}); }`).join(' ')}
.d1 { stroke-dasharray: 7 4; } .d2 { stroke-dasharray: 2 3; }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; margin: 0.4rem 0 0; padding: 0; list-style: none; font-size: 0.9rem; }
.legend svg { width: 24px; height: 8px; margin-right: 0.4rem; vertical-align: middle; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 12px; background: var(--surface); }
.scroll:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 0.45rem 0.8rem; text-align: right; white-space: nowrap; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-weight: 600; font-size: 0.9rem; }
th:first-child { text-align: left; }
tbody th { font-weight: 500; }
tr.all > * { font-weight: 700; }
td small { display: block; color: var(--soft); font-size: 0.8rem; font-weight: 400; }
td.right { background: var(--tint); font-weight: 700; }
td.wrong { color: var(--wrong); font-weight: 700; }
td.none { color: var(--soft); }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(10.5rem, 100%), 1fr)); gap: 1rem; margin: 0.5rem 0; padding: 0; list-style: none; }
.gallery li { overflow: hidden; padding-bottom: 0.7rem; }
.picture { position: relative; background: var(--line); line-height: 0; }
.picture img { display: block; width: 100%; height: auto; }
.boxes { position: absolute; inset: 0; width: 100%; height: 100%; }
.boxes rect { fill: none; vector-effect: non-scaling-stroke; stroke-width: 2; }
.boxes .under { stroke: #000; stroke-width: 4; } .boxes .true { stroke: #5ee87a; } .boxes .answered { stroke: #ffd60a; stroke-dasharray: 6 4; }
.gallery h4 { margin: 0.6rem 0.8rem 0.3rem; font-size: 0.9rem; overflow-wrap: anywhere; }
.gallery dl { margin: 0 0.8rem; font-size: 0.9rem; } .gallery dl div { margin-top: 0.15rem; }
.gallery dt, .gallery dd { display: inline; margin: 0; overflow-wrap: anywhere; } .gallery dt { color: var(--soft); } .mistake { color: var(--wrong); font-weight: 600; }
dl.words { display: grid; grid-template-columns: minmax(8rem, auto) 1fr; gap: 0.4rem 1rem; max-width: 90ch; } dl.words dt { font-weight: 600; } dl.words dd { margin: 0; }
@media (max-width: 40rem) { dl.words { grid-template-columns: 1fr; } dl.words dd { margin-bottom: 0.6rem; } }
@media print { .gallery li, .plot { break-inside: avoid; } }
`;
