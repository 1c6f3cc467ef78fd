import { escapeMarkup as x } from './markup.ts';

const style = `:root{color-scheme:light dark;--paper:#f7f7f5;--card:#fff;--ink:#1d2125;--soft:#5c636b;--line:#e2e4e7;
--ok:#18794e;--ok-wash:#e9f6ef;--bad:#b8282e;--bad-wash:#fdecec;--may:#855300;--may-wash:#fdf3e0}
@media (prefers-color-scheme:dark){:root{--paper:#131517;--card:#1b1e21;--ink:#eceef0;--soft:#a4abb3;--line:#30353a;
--ok:#56c991;--ok-wash:#15291f;--bad:#ff8d84;--bad-wash:#351c1c;--may:#efb95e;--may-wash:#322713}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:860px;margin:0 auto;padding:2rem 1rem 4rem}main.wide{max-width:1200px}
h1{margin:0;font-size:1.6rem;line-height:1.2}h2{margin:2.4rem 0 .8rem;font-size:1.1rem}h3{margin:1.2rem 0 .4rem;font-size:1rem}
p{margin:.4rem 0}.soft,figcaption{color:var(--soft);font-size:.9rem}
.pass{--tone:var(--ok);--wash:var(--ok-wash)}.fail{--tone:var(--bad);--wash:var(--bad-wash)}.undetermined{--tone:var(--may);--wash:var(--may-wash)}
header{display:flex;gap:1.4rem;align-items:center;flex-wrap:wrap}header>div{flex:1;min-width:14rem}
.ring{width:104px;height:104px;flex:none}.ring circle{fill:none;stroke:var(--line);stroke-width:9}.ring .part{stroke:var(--tone);stroke-linecap:round}
.ring text{fill:var(--ink);text-anchor:middle;font:600 27px system-ui,sans-serif}.ring .of{fill:var(--soft);font:12px system-ui,sans-serif}
.badge{display:inline-block;background:var(--wash);color:var(--tone);border-radius:99px;padding:.1rem .7rem;font-weight:600;font-size:.92rem}
.facts{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:.6rem 0 0;padding:0;list-style:none;color:var(--soft);font-size:.9rem}
details,.card{background:var(--card);border:1px solid var(--line);border-radius:8px;margin:.5rem 0}
details{border-left:4px solid var(--tone,var(--line))}.card{padding:1rem}
summary{cursor:pointer;display:flex;gap:.7rem;padding:.6rem .9rem;align-items:baseline}summary::-webkit-details-marker{display:none}
summary b{color:var(--tone)}summary .title{flex:1;overflow-wrap:anywhere}summary .points{color:var(--soft);white-space:nowrap;font-variant-numeric:tabular-nums}
summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--tone,currentColor);outline-offset:2px;border-radius:6px}
.inside{padding:0 .9rem .5rem 2.4rem}.check{border-top:1px solid var(--line);padding:.6rem 0}
.check h4{margin:0 0 .2rem;font-size:.9rem}.check h4 b{color:var(--tone)}
dl{display:grid;grid-template-columns:4.6rem 1fr;gap:.1rem .8rem;margin:0;font-size:.94rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}figure{margin:0}
svg.plot{width:100%;min-width:560px;height:auto;display:block}svg.plot text{font:11px system-ui,sans-serif;fill:var(--soft)}
svg .ok{fill:var(--ok)}svg .bad{fill:var(--bad)}svg path.bad{stroke:var(--bad);stroke-width:2}svg .grid{stroke:var(--line);fill:none}
table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.45rem .7rem;border-bottom:1px solid var(--line);white-space:nowrap}thead th{color:var(--soft);font-weight:600}
td.full{color:var(--ok)}td.none{color:var(--soft)}td.odd{color:var(--bad);font-weight:600}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@media (max-width:560px){main{padding:1.2rem .7rem 3rem}.inside{padding-left:.9rem}dl{grid-template-columns:1fr}dt{margin-top:.3rem}}
@media print{:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--ok:#18794e;--bad:#b8282e;--may:#855300}
main{max-width:none;padding:0}details::details-content{content-visibility:visible;display:block;height:auto}
.check,figure,tr{break-inside:avoid}h2,summary{break-after:avoid}.scroll{overflow:visible}svg.plot{min-width:0}}`;

/** One page that needs nothing else: no script, no request. @param body markup, its texts escaped */
export function page(title: string, body: string, options: { wide?: boolean } = {}): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${x(title)}</title><style>${style}</style></head><body><main${options.wide ? ' class="wide"' : ''}>
${body}
</main></body></html>
`;
}

/** Something that may be wider than a small screen. */
export function scrollable(label: string, body: string): string {
  return `<div class="scroll" tabindex="0" role="region" aria-label="${x(label)}">${body}</div>`;
}
