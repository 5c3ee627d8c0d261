// The panel's looks. A constructed sheet: no <style>, no style attribute in markup, so a strict `style-src` lets it be.
// Blue is what comes from outside, violet what this page does with it. Nothing moves by itself.

/** Gives a shadow root its styles; where the environment has no such sheets (some test environments), none. */
export function adoptSheet(root: ShadowRoot): void {
  const View = root.ownerDocument.defaultView?.CSSStyleSheet
  if (View === undefined || !('adoptedStyleSheets' in root)) return
  const sheet = new View()
  sheet.replaceSync(CSS)
  root.adoptedStyleSheets = [sheet]
}

const CSS = `
:host {
  all: initial !important;
  display: flex !important;
  flex-direction: column !important;
  gap: 8px !important;
  color-scheme: light dark !important;
  contain: content !important;
  direction: ltr !important;
  unicode-bidi: isolate !important;
}
:host(:not([data-position='inline'])) {
  position: fixed !important;
  z-index: 2147483647 !important;
  width: min(388px, calc(100vw - 16px)) !important;
  max-height: calc(100vh - 16px) !important;
}
:host([data-position^='top']) { top: 8px !important; }
:host([data-position^='bottom']) { bottom: 8px !important; }
:host([data-position$='left']) { left: 8px !important; }
:host([data-position$='right']) { right: 8px !important; }

.panel {
  --surface: light-dark(#ffffff, #191b1f);
  --sunken: light-dark(#f4f4f6, #121417);
  --text: light-dark(#1b1d22, #e8e8ea);
  --muted: light-dark(#5c616b, #9ca2ad);
  --line: light-dark(#dfe0e5, #31343b);
  --before: light-dark(#3f62d4, #86a0ff);
  --page: light-dark(#9440c4, #cf8df5);
  --good: light-dark(#1a7a3c, #6fd48e);
  --bad: light-dark(#b3261e, #ff9a91);
  --focus: light-dark(#1d5fd1, #8ab4ff);
  container-type: inline-size;
  display: flex;
  flex-direction: column;
  min-height: 3.2em;
  overflow: hidden;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--surface);
  color: var(--text);
  font: 12px/1.45 system-ui, 'Noto Sans', 'DejaVu Sans', sans-serif;
  font-variant-numeric: tabular-nums;
}
:host(:not([data-position='inline'])) .panel { box-shadow: 0 6px 24px rgb(0 0 0 / 0.22); }
.panel[data-theme='light'] { color-scheme: light; }
.panel[data-theme='dark'] { color-scheme: dark; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
p, ul, dl, dd, figure, pre { margin: 0; padding: 0; }
ul { list-style: none; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }

header {
  display: flex;
  align-items: center;
  gap: 6px;
  padding: 6px 8px 6px 12px;
  border-bottom: 1px solid var(--line);
  background: var(--sunken);
}
.title { display: flex; flex: 1; gap: 8px; min-width: 0; align-items: baseline; }
.title b { font-size: 13px; letter-spacing: -0.01em; }
.id { overflow: hidden; color: var(--muted); text-overflow: ellipsis; white-space: nowrap; }
button {
  padding: 2px 9px;
  border: 1px solid var(--line);
  border-radius: 6px;
  background: var(--surface);
  color: var(--text);
  font: inherit;
  cursor: pointer;
}
button:hover { border-color: var(--muted); }
button[aria-pressed='true'] { border-color: var(--text); background: var(--text); color: var(--surface); }
.fold { width: 26px; padding-inline: 0; }

.body { display: grid; grid-template-columns: minmax(0, 1fr); overflow: hidden auto; scrollbar-width: thin; }
.body:focus-visible { outline-offset: -2px; }
header[data-paused] { background: light-dark(#fdf0cf, #3b3115); }
.left { min-width: 0; }

.verdict { display: grid; grid-template-columns: minmax(0, 1fr); gap: 3px; padding: 9px 12px 10px; border-left: 4px solid var(--muted); }
.verdict[data-kind='healthy'] { border-color: var(--good); }
.verdict[data-kind='bound'] { border-color: var(--bad); }
.head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 10px; }
.kind { font-size: 16px; font-weight: 650; letter-spacing: -0.01em; }
[data-kind='healthy'] .kind { color: var(--good); }
[data-kind='bound'] .kind { color: var(--bad); }
.head .sure, .note, .evidence, .missing { color: var(--muted); }
.gain { font-weight: 600; }
.evidence, .missing { overflow-wrap: anywhere; }
.evidence { font-size: 11px; }
.evidence li, .missing li { padding-left: 12px; text-indent: -12px; }
.evidence li::before { content: '·'; display: inline-block; width: 12px; text-indent: 0; }
.missing li::before { content: '?'; display: inline-block; width: 12px; text-indent: 0; }
summary { cursor: pointer; }
.experiment {
  max-height: 180px;
  margin-top: 4px;
  overflow: auto;
  padding: 6px 8px;
  border-radius: 6px;
  background: var(--sunken);
  font: 11px/1.5 ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', monospace;
}
.aloud { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }

.rates { padding: 8px 12px; border-top: 1px solid var(--line); }
.key { display: flex; flex-wrap: wrap; gap: 0 10px; }
.key b { display: inline-block; min-width: 5.5ch; font-weight: 600; }
.key .axis { margin-left: auto; color: var(--muted); }
.key .events, .key .renders { color: var(--before); }
.key .renders { color: var(--page); }
.key .events::before, .key .renders::before {
  content: '';
  display: inline-block;
  width: 14px;
  margin-right: 5px;
  border-top: 2px dashed;
  vertical-align: middle;
}
.key .renders::before { border-top-style: solid; }
svg { display: block; width: 100%; height: 48px; margin-top: 4px; border-bottom: 1px solid var(--line); contain: strict; }
path { fill: none; stroke-width: 1.75; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
path.events { stroke: var(--before); stroke-dasharray: 4 3; }
path.renders { stroke: var(--page); }

.figures {
  display: grid;
  grid-template-columns: repeat(2, minmax(0, 1fr));
  gap: 1px 16px;
  padding: 7px 12px;
  border-top: 1px solid var(--line);
}
.figures div { display: flex; justify-content: space-between; gap: 8px; white-space: nowrap; }
.figures div:nth-child(-n + 2) { grid-column: 1 / -1; }
.figures dt { overflow: hidden; color: var(--muted); text-overflow: ellipsis; }
.figures dd { font-weight: 600; }

.stage-block { min-width: 0; padding: 7px 12px 8px; border-top: 1px solid var(--line); }
.stages { width: 100%; border-collapse: collapse; table-layout: fixed; }
.stages th, .stages td { padding: 1.5px 0; font-weight: 400; text-align: right; white-space: nowrap; }
.stages th:first-child { width: 84px; text-align: left; }
.stages th:nth-child(n + 3) { width: 52px; }
.stages th:nth-child(5) { width: 45px; }
.stages thead th { color: var(--muted); font-size: 11px; }
.stages thead .axis { padding-inline: 2px 4px; text-align: right; }
.stages .sure { margin-left: 4px; color: var(--muted); font-size: 11px; }
.bar { position: relative; height: 17px; }
.bar::before { content: ''; position: absolute; inset: 4px 4px 4px 2px; border-radius: 2px; background: var(--sunken); }
.bar i { position: absolute; inset: 4px 4px 4px 2px; border-radius: 2px; background: var(--page); clip-path: inset(0 100% 0 0); }
.bar .tail { opacity: 0.35; }
[data-side='before'] .bar i { background: var(--before); }
[data-stage='other'] .bar i { background: var(--muted); }
[data-stage='queue'] .bar i {
  background: repeating-linear-gradient(90deg, var(--muted) 0 2px, transparent 2px 4px);
}
[data-waits] .share { color: var(--muted); }
[data-none] > * { color: var(--muted); }
[data-none] .bar::before { inset: 8px 4px auto 2px; border-top: 1px dotted var(--muted); background: none; }
[data-stage='parse'] > * { border-top: 1px solid var(--line); }
.legend { margin-top: 4px; color: var(--muted); font-size: 11px; }

footer { display: grid; gap: 5px; padding: 8px 12px; border-top: 1px solid var(--line); background: var(--sunken); }
.exports { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; }
.more { display: contents; }
.outcome, .cost { color: var(--muted); font-size: 11px; }

@container (max-width: 339px) {
  .figures { column-gap: 12px; }
  .figures div { gap: 4px; }
  .figures dt { font-size: 11px; }
  .stages th:first-child { width: 78px; }
}
@container (min-width: 620px) {
  .body { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  .stage-block { border-top: 0; border-left: 1px solid var(--line); }
  footer { grid-column: 1 / -1; grid-template-columns: auto 1fr; align-items: center; }
  .cost { text-align: right; }
}
@media (forced-colors: active) {
  .bar i { background: CanvasText; forced-color-adjust: none; }
}
`
