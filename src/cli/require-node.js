// Says what to do when the Node that runs us is too old, before anything newer than Node 14 is parsed.
// Plain JavaScript without imports: it is preloaded by `node --import`, and stands at the top of the bundled command.
var FRAMEWISE_NODE = [22, 12]
var found = process.versions.node.split('.').map(Number)
if (
  found[0] < FRAMEWISE_NODE[0] ||
  (found[0] === FRAMEWISE_NODE[0] && found[1] < FRAMEWISE_NODE[1])
) {
  console.error(
    'framewise needs Node >= ' +
      FRAMEWISE_NODE.join('.') +
      ', this is ' +
      process.versions.node +
      '.\n' +
      'Installed from npm: install a newer Node, https://nodejs.org.\n' +
      'In the repository: run it through npm scripts (npm start, npm run framewise -- …), they use the Node that is\n' +
      "pinned as a devDependency. If `npm ci` was run with --ignore-scripts, or npm's allowScripts blocked `node`,\n" +
      'run `npm rebuild node` once.',
  )
  process.exit(1)
}
